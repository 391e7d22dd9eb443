import type { NewExpression, Node } from '@babel/types';
import { providerPartOf } from './imports';
import type { Rule } from './rule';
import { lineOf, moduleOf, type SourceFile, type Sources } from './source';

const CDKTF_CONSTRUCTS =
  /^(Terraform(Stack|Element|Output|Variable|Local|Resource|DataSource|Provider|HclModule|Module|Asset)|\w+Backend)$/;

export const scopes: Rule = {
  name: 'constructs of lib make their children under this',
  exceptions: [
    {
      path: 'lib/core/surroundings.ts',
      about: 'new Surroundings',
      reason: 'there is one per stack, created at the first call',
    },
    { path: 'lib/aws/aws.ts', about: 'new Aws', reason: 'there is one per stack, created at the first call' },
    { path: 'lib/core/state-backend.ts', about: 'Backend', reason: 'a backend belongs to its stack' },
    {
      path: 'lib/training/sagemaker/workspace.ts',
      about: 'new Role',
      reason: 'a role belongs to the job that asks for it, not to the workspace',
    },
  ],
  check: (source, all) =>
    madeConstructs(source, all)
      .filter(({ node }) => node.arguments[0]?.type !== 'ThisExpression' && !passesOn(node, source))
      .map(({ node, name }) => ({
        line: lineOf(node),
        message: `'new ${name}' is not made under 'this': its address then depends on the caller; pass 'this'`,
      })),
};

export const ids: Rule = {
  name: 'ids of constructs are literals',
  check: (source, all) =>
    madeConstructs(source, all)
      .filter(({ node }) => !isStable(node.arguments[1], source))
      .map(({ node, name }) => ({
        line: lineOf(node),
        message: `the id of 'new ${name}' is computed: an id that changes replaces the resource; write a literal, a template that begins with one, or the variable of a loop over names`,
      })),
};

/** A class that is not in the module's index is a part of a construct, and tested with it. */
export const tested: Rule = {
  name: 'every public construct is tested in its module',
  check: (source, all) => {
    const { module } = source;
    const tests = all.files.filter((file) => file.isIn(`test/${module}`) && file.path.endsWith('.test.ts'));
    const tried = new Set(tests.flatMap((test) => importedFrom(`lib/${module}`, test)));
    return publicConstructs(source, all)
      .filter(({ name }) => !tried.has(name))
      .map(({ node, name }) => ({
        line: lineOf(node),
        message: `no test of test/${module}/ imports '${name}': untested code breaks unnoticed; test it there`,
      }));
  },
};

export const lifeDocs: Rule = {
  name: 'every public construct says what it costs at rest, and how it is destroyed',
  exceptions: ['core', 'aws'].map((module) => ({
    path: `lib/${module}`,
    reason: 'stacks and what is one per stack make nothing in an account',
  })),
  check: (source, all) =>
    publicConstructs(source, all).flatMap(({ node, name }) => {
      const doc = source.ancestors(node)[0]?.leadingComments?.at(-1)?.value ?? '';
      const missing = [
        /\bcosts?\b/i.test(doc) ? [] : ['what it costs'],
        /\bdestroy/i.test(doc) ? [] : ['how it is destroyed'],
      ];
      if (missing.flat().length === 0) return [];
      const message = `the doc of '${name}' does not say ${missing.flat().join(', nor ')}: users pay for it and tear it down; write 'Costs ...' and 'Destroying it ...'`;
      return [{ line: lineOf(node), message }];
    }),
};

/** The classes of constructs that a module exports. */
function publicConstructs(source: SourceFile, all: Sources) {
  const { module } = source;
  const index = all.get(`lib/${module}/index.ts`);
  const isPublic = !index || index.references.some(({ specifier }) => `${index.resolve(specifier)}.ts` === source.path);
  if (!module || !isPublic) return [];
  return source
    .nodesOf('ExportNamedDeclaration')
    .flatMap(({ declaration }) => (declaration?.type === 'ClassDeclaration' ? [declaration] : []))
    .map((node) => ({ node, name: node.id?.name ?? '' }))
    .filter(({ name }) => isConstruct(name, source, all));
}

/** Names that a file imports from somewhere in a folder. */
function importedFrom(folder: string, source: SourceFile): string[] {
  return source
    .nodesOf('ImportDeclaration')
    .filter((node) => `${source.resolve(node.source.value)}/`.startsWith(`${folder}/`))
    .flatMap(({ specifiers }) => specifiers.map(({ local }) => local.name));
}

function madeConstructs(source: SourceFile, all: Sources): { node: NewExpression; name: string }[] {
  if (!source.module) return [];
  return source.nodesOf('NewExpression').flatMap((node) => {
    const name = node.callee.type === 'Identifier' ? node.callee.name : '';
    return isConstruct(name, source, all) ? [{ node, name }] : [];
  });
}

/** Whether a name in a file refers to a class of constructs, through superclasses and imports. */
function isConstruct(name: string, source: SourceFile, all: Sources): boolean {
  const local = source.nodesOf('ClassDeclaration').find(({ id }) => id?.name === name);
  if (local) {
    const { superClass } = local;
    return superClass?.type === 'Identifier' && isConstruct(superClass.name, source, all);
  }
  const origin = source
    .nodesOf('ImportDeclaration')
    .find(({ specifiers }) => specifiers.some((specifier) => specifier.local.name === name))?.source.value;
  if (origin === undefined) return false;
  if (providerPartOf(origin) !== undefined) return true;
  if (origin === 'constructs') return name === 'Construct';
  if (origin === 'cdktf') return CDKTF_CONSTRUCTS.test(name);
  const target = all.get(`${source.resolve(origin)}.ts`);
  return target !== undefined && moduleOf(target.path) !== undefined && isConstruct(name, target, all);
}

/** `static fromThingArn(scope, id, ...)` passes on the id of its caller. */
function passesOn(node: NewExpression, source: SourceFile): boolean {
  const method = source.ancestors(node).find(({ type }) => type === 'ClassMethod');
  if (method?.type !== 'ClassMethod' || !method.static) return false;
  return [0, 1].every((index) => isSameName(node.arguments[index], method.params[index]));
}

function isSameName(one: Node | undefined, other: Node | undefined): boolean {
  return one?.type === 'Identifier' && other?.type === 'Identifier' && one.name === other.name;
}

function isStable(id: Node | null | undefined, source: SourceFile): boolean {
  switch (id?.type) {
    case undefined:
    case 'StringLiteral':
    case 'ObjectExpression': // a class with one id, such as a backend
      return true;
    case 'TemplateLiteral':
      return id.quasis[0]?.value.raw !== '';
    case 'Identifier': {
      const constants = source
        .nodesOf('VariableDeclarator')
        .filter(({ id: declared, init }) => init && declared.type === 'Identifier' && declared.name === id.name);
      if (constants.length > 0) return constants.every(({ init }) => isStable(init, source));
      return source.ancestors(id).some((ancestor) => bringsName(ancestor, id.name, source));
    }
    default:
      return false;
  }
}

/** Whether a name comes from a loop or a function around the expression: a user's name, or a caller's literal. */
function bringsName(ancestor: Node, name: string, source: SourceFile): boolean {
  const isLoop = ancestor.type === 'ForOfStatement';
  const patterns: Node[] = isLoop ? [ancestor.left] : 'params' in ancestor ? (ancestor.params as Node[]) : [];
  return source
    .nodesOf('Identifier')
    .filter((identifier) => identifier.name === name)
    .some((identifier) => [identifier, ...source.ancestors(identifier)].some((node) => patterns.includes(node)));
}
