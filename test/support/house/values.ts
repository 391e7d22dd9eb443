import type { CallExpression, Node } from '@babel/types';
import type { Rule } from './rule';
import { isProduct, lineOf, type SourceFile } from './source';

export const nullish: Rule = {
  name: 'values fall back with ??, never with ||',
  check: (source) => {
    if (!source.isTypeScript || !source.isIn('lib', 'stacks')) return [];
    const assignments = source.nodesOf('AssignmentExpression').filter(({ operator }) => operator === '||=');
    const fallbacks = source
      .nodesOf('LogicalExpression')
      .filter(({ operator, left, right }) => operator === '||' && isNamed(left) && !isTruth(right))
      .filter((node) => !isCondition(node, source.ancestors(node)));
    return [...assignments, ...fallbacks].map((node) => ({
      line: lineOf(node),
      message: "falls back with '||': zero, '' and false are values; write '??'",
    }));
  },
};

export const environment: Rule = {
  name: 'the environment of the process is read at the edges only',
  exceptions: [
    { path: 'lib/testing/terraform.ts', reason: 'Terraform is found through PATH and configured through TF_*' },
    { path: 'stacks/main.ts', reason: 'reads which environments to synthesize' },
    { path: 'cli', reason: 'is the command' },
  ],
  check: (source) =>
    readsOfProcess(source, ['env']).map((line) => ({
      line,
      message: "reads 'process.env': the same code must mean the same everywhere; take it as a property",
    })),
};

export const printing: Rule = {
  name: 'only the edges print or end the process',
  exceptions: [
    { path: 'stacks/main.ts', reason: 'prints the errors of an environment file' },
    { path: 'stacks/environment/write-schema.ts', reason: 'is the program of npm run schema' },
    { path: 'cli', reason: 'is the command' },
  ],
  check: (source) => {
    const exits = readsOfProcess(source, ['stdout', 'stderr', 'exit', 'exitCode']);
    const prints = isProduct(source)
      ? source
          .nodesOf('MemberExpression')
          .filter(({ object }) => object.type === 'Identifier' && object.name === 'console')
          .map(lineOf)
      : [];
    return [...exits, ...prints].map((line) => ({
      line,
      message: 'prints or ends the process: only its caller may; return, throw or report an event',
    }));
  },
};

export const inputErrors: Rule = {
  name: 'wrong input is reported without a stack trace',
  check: (source) =>
    source.isTypeScript && source.isIn('lib') && !source.isIn('lib/testing')
      ? source
          .nodesOf('NewExpression')
          .filter(({ callee }) => callee.type === 'Identifier' && callee.name === 'Error')
          .map((node) => ({
            line: lineOf(node),
            message: 'throws a plain Error: a program would show its stack; throw an InputError',
          }))
      : [],
};

export const typed: Rule = {
  name: 'lib is typed throughout',
  check: (source) => {
    if (!source.module) return [];
    const anys = source
      .nodesOf('TSAnyKeyword')
      .filter((node) => !isExcused(node, source))
      .map((node) => ({
        line: lineOf(node),
        message:
          "uses 'any': it turns the type checker off for all users; write the type, 'unknown', or a biome-ignore with the reason",
      }));
    const silenced = (source.file.comments ?? [])
      .filter(({ value }) => /^[\s*]*@ts-(ignore|expect-error|nocheck)/.test(value))
      .map((comment) => ({
        line: comment.loc!.start.line,
        message: 'silences the type checker: the error comes back at run time; make the types true',
      }));
    return [...anys, ...silenced];
  },
};

/** A property or variable, which may have any value; the result of a call is up to its author. */
function isNamed(node: Node): boolean {
  switch (node.type) {
    case 'Identifier':
    case 'MemberExpression':
    case 'OptionalMemberExpression':
      return true;
    case 'TSNonNullExpression':
    case 'TSAsExpression':
      return isNamed(node.expression);
    case 'LogicalExpression':
      return isNamed(node.right);
    default:
      return false;
  }
}

/** Whether a value can only be true or false, judging by its spelling: `||` then means "or". */
function isTruth(node: Node): boolean {
  switch (node.type) {
    case 'BinaryExpression':
      return /^([=!]==?|[<>]=?|in|instanceof)$/.test(node.operator);
    case 'UnaryExpression':
      return node.operator === '!';
    case 'LogicalExpression':
      return node.operator !== '??' && isTruth(node.left) && isTruth(node.right);
    case 'CallExpression':
      return /^(is|has|can|may|exists|some|every|includes|startsWith|endsWith|test)(?![a-z])/.test(calleeOf(node));
    default:
      return false;
  }
}

/** Whether only the truth of an expression matters in its place. */
function isCondition(node: Node, [parent, ...above]: readonly Node[]): boolean {
  switch (parent?.type) {
    case 'IfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
    case 'ConditionalExpression':
      return parent.test === node;
    case 'UnaryExpression':
      return parent.operator === '!';
    case 'LogicalExpression':
      return (
        parent.operator !== '??' && (isCondition(parent, above) || (parent.left === node && isTruth(parent.right)))
      );
    case 'CallExpression':
      return /^(require|refine)$/.test(calleeOf(parent));
    case 'ReturnStatement':
      return saysTruth(above.find(({ type }) => /Function|Method/.test(type)));
    case 'ArrowFunctionExpression': {
      const [call] = above;
      const asks =
        call?.type === 'CallExpression' && /^(filter|find(Last)?(Index)?|some|every|refine)$/.test(calleeOf(call));
      return asks || saysTruth(parent);
    }
    default:
      return false;
  }
}

function saysTruth(node: Node | undefined): boolean {
  const annotation = node && 'returnType' in node ? node.returnType : undefined;
  const type = annotation?.type === 'TSTypeAnnotation' ? annotation.typeAnnotation.type : undefined;
  return type === 'TSBooleanKeyword' || type === 'TSTypePredicate';
}

function calleeOf({ callee }: CallExpression): string {
  const name = callee.type === 'MemberExpression' ? callee.property : callee;
  return name.type === 'Identifier' ? name.name : '';
}

/** Whether the statement with an `any` has a biome-ignore with the reason. */
function isExcused(node: Node, source: SourceFile): boolean {
  return source
    .ancestors(node)
    .some(({ leadingComments }) =>
      leadingComments?.some(({ value }) => /biome-ignore lint\/suspicious\/noExplicitAny: \S/.test(value)),
    );
}

/** Lines that read these members of `process`, in any spelling. */
function readsOfProcess(source: SourceFile, members: readonly string[]): number[] {
  if (!isProduct(source)) return [];
  const isMember = (node: Node) =>
    (node.type === 'Identifier' && members.includes(node.name)) ||
    (node.type === 'StringLiteral' && members.includes(node.value));
  const isProcess = (node?: Node | null) => node?.type === 'Identifier' && node.name === 'process';
  return [...source.nodes]
    .filter((node) => {
      switch (node.type) {
        case 'MemberExpression':
        case 'OptionalMemberExpression':
          return isProcess(node.object) && isMember(node.property);
        case 'VariableDeclarator':
          return (
            isProcess(node.init) &&
            node.id.type === 'ObjectPattern' &&
            node.id.properties.some((property) => property.type === 'ObjectProperty' && isMember(property.key))
          );
        case 'ImportDeclaration':
          return /^(node:)?process$/.test(node.source.value);
        default:
          return false;
      }
    })
    .map(lineOf);
}
