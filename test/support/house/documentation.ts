import type { Node, TSPropertySignature } from '@babel/types';
import type { Rule } from './rule';
import { lineOf, type SourceFile } from './source';

export const defaultDocs: Rule = {
  name: 'every optional property of an exported interface says its default',
  check: (source) =>
    source.module
      ? optionalProperties(source)
          .filter((property) => !/@default (?!-\S|undefined\b)\S/.test(docOf(property) ?? ''))
          .map((property) => ({
            line: lineOf(property),
            message: `'${nameOf(property.key)}?' has no default in its doc: defaults are the product; write '@default value' or '@default - behaviour', or 'T | undefined' if it is an answer`,
          }))
      : [],
};

/** `XProps` beside a documented `X`, and a type of a documented constant, need no doc. */
export const exportDocs: Rule = {
  name: 'every exported declaration is documented',
  check: (source) => {
    if (!source.module) return [];
    const declarations = exportsOf(source);
    const documented = new Set(declarations.flatMap(({ name, doc }) => (doc ? [name] : [])));
    const spokenForBy = ({ name, node }: Declaration): string[] => [
      name,
      name.replace(/(Props|Attributes|Options)$/, ''),
      ...(node.type === 'TSTypeAliasDeclaration' ? constantsOf(node, source) : []),
    ];
    return declarations
      .filter((declaration) => !spokenForBy(declaration).some((name) => documented.has(name)))
      .map(({ name, node }) => ({
        line: lineOf(node),
        message: `'${name}' has no doc: users read it in their editor; write in /** */ what it is, with units, limits and errors`,
      }));
  },
};

/** What a type is the `typeof` of. */
function constantsOf(type: Node, source: SourceFile): string[] {
  return source
    .nodesOf('TSTypeQuery')
    .filter((query) => source.ancestors(query).includes(type))
    .map(({ exprName }) => nameOf(exprName));
}

interface Declaration {
  readonly name: string;
  readonly node: Node;
  readonly doc: string | undefined;
}

/** Interfaces whose name begins with `I` describe what others may call, not options of a user. */
function optionalProperties(source: SourceFile): TSPropertySignature[] {
  const types = exportsOf(source)
    .filter(({ name, node }) => /^TS(Interface|TypeAlias)/.test(node.type) && !/^I[A-Z]/.test(name))
    .map(({ node }) => node);
  return source
    .nodesOf('TSPropertySignature')
    .filter((property) => property.optional && source.ancestors(property).some((node) => types.includes(node)));
}

function exportsOf(source: SourceFile): Declaration[] {
  return source.nodesOf('ExportNamedDeclaration').flatMap((statement): Declaration[] => {
    const { declaration: node } = statement;
    const doc = docOf(statement);
    if (!node) return [];
    if (node.type === 'VariableDeclaration')
      return node.declarations.map(({ id }) => ({ name: nameOf(id), node, doc }));
    return 'id' in node && node.id ? [{ name: nameOf(node.id), node, doc }] : [];
  });
}

function docOf({ leadingComments = [] }: Node): string | undefined {
  return leadingComments?.findLast(({ type, value }) => type === 'CommentBlock' && value.startsWith('*'))?.value;
}

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'StringLiteral' ? node.value : '?';
}
