import type { ClassMethod, Node, TSInterfaceDeclaration, TSType } from '@babel/types';
import type { Construct } from 'constructs';
import { type SourceFile, Sources } from './house/source';

/** What a token can stand in for. */
export type Kind = 'text' | 'number' | 'list' | 'map' | 'parts';

export interface Property {
  readonly name: string;
  readonly required: boolean;
  /** Absent for constructs, flags and whatever else a token cannot be. */
  readonly kind?: Kind;
}

/** A constructor, or a factory of a construct, that takes properties of ours. */
export interface Signature {
  /** `new Bucket`, `Bucket.fromBucketAttributes`. */
  readonly name: string;
  readonly properties: readonly Property[];
  /** Whether an array of them is taken. */
  readonly isList: boolean;
  /** Makes the construct in a scope, or under an id. */
  call(scope: Construct, argument: unknown): unknown;
}

/** Parts that only their own construct makes. */
const INNER = ['PublicSubnets', 'PrivateSubnets', 'Zone', 'UploadedProgram'];

const lib = Sources.ofRepository().files.filter(
  ({ module, path }) => module && module !== 'testing' && !path.endsWith('index.ts'),
);
const interfaces = new Map(
  lib.flatMap((source) => source.nodesOf('TSInterfaceDeclaration').map((node) => [node.id.name, node] as const)),
);
const aliases = new Map(
  lib.flatMap((source) => source.nodesOf('TSTypeAliasDeclaration').map((node) => [node.id.name, node] as const)),
);
const classes = lib.flatMap((source) =>
  source.nodesOf('ClassDeclaration').map((node) => ({ source, node, name: node.id?.name ?? '' })),
);

/** Properties of an interface and of those that it extends. */
function propertiesOf({ body, extends: bases }: TSInterfaceDeclaration): Property[] {
  const own = body.body.flatMap((member): Property[] => {
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') return [];
    const { name } = member.key;
    const kind = kindOf(member.typeAnnotation?.typeAnnotation);
    return [{ name, required: !member.optional, ...(kind && { kind }) }];
  });
  const inherited = (bases ?? []).flatMap((base) => {
    if (!('expression' in base) || base.expression.type !== 'Identifier') return [];
    const [first, second] = base.typeParameters?.params ?? [];
    if (base.expression.name === 'Pick') return picked(first, second);
    const known = interfaces.get(base.expression.name);
    return known ? propertiesOf(known) : [];
  });
  return [...own, ...inherited];
}

function picked(from: TSType | undefined, names: TSType | undefined): Property[] {
  const known = from && interfaces.get(nameOf(from));
  const wanted = names?.type === 'TSUnionType' ? names.types : [];
  const literals = wanted.map((type) => (type.type === 'TSLiteralType' ? literal(type.literal) : ''));
  return known ? propertiesOf(known).filter(({ name }) => literals.includes(name)) : [];
}

function kindOf(type: Node | null | undefined): Kind | undefined {
  switch (type?.type) {
    case 'TSStringKeyword':
      return 'text';
    case 'TSNumberKeyword':
      return 'number';
    case 'TSArrayType':
      return kindOf(type.elementType) && 'list';
    case 'TSTypeOperator':
      return type.operator === 'keyof' ? 'text' : kindOf(type.typeAnnotation);
    case 'TSUnionType':
      return kindOf(type.types[0]);
    case 'TSLiteralType':
      return type.literal.type === 'StringLiteral' ? 'text' : undefined;
    case 'TSParenthesizedType':
      return kindOf(type.typeAnnotation);
    case 'TSIndexedAccessType':
      return nameOf(type.objectType) === 'MONITORING_INTERVALS' ? 'number' : 'text'; // of a list of words, else
    case 'TSTypeReference': {
      const name = nameOf(type);
      if (name === 'Readonly') return kindOf(type.typeParameters?.params[0]);
      if (name === 'Record') return kindOf(type.typeParameters?.params[1]) ? 'map' : 'parts';
      if (name === 'ZoneCount') return 'number';
      return kindOf(aliases.get(name)?.typeAnnotation);
    }
    default:
      return undefined;
  }
}

function nameOf(type: Node): string {
  if (type.type === 'TSTypeReference' && type.typeName.type === 'Identifier') return type.typeName.name;
  if (type.type === 'TSParenthesizedType') return nameOf(type.typeAnnotation);
  return type.type === 'TSTypeQuery' && type.exprName.type === 'Identifier' ? type.exprName.name : '';
}

function literal(node: Node): string {
  return node.type === 'StringLiteral' ? node.value : '';
}

/** The class and those that it extends, nearest first. */
function lineage(name: string): (typeof classes)[number][] {
  const known = classes.find((one) => one.name === name);
  if (!known) return [];
  const base = known.node.superClass;
  return [known, ...(base?.type === 'Identifier' ? lineage(base.name) : [])];
}

/** Whether a factory begins with a text, not with a scope: what it makes is no construct. */
function isOfText(parameter: ClassMethod['params'][number] | undefined): boolean {
  const annotation = parameter?.type === 'Identifier' ? parameter.typeAnnotation : undefined;
  return annotation?.type === 'TSTypeAnnotation' && annotation.typeAnnotation.type === 'TSStringKeyword';
}

function signaturesOf(source: SourceFile): Signature[] {
  const exported = source
    .nodesOf('ExportNamedDeclaration')
    .flatMap(({ declaration }) => (declaration?.type === 'ClassDeclaration' ? [declaration] : []));
  return exported.flatMap((node) => {
    const name = node.id?.name ?? '';
    if (node.abstract || INNER.includes(name)) return [];
    const methods = lineage(name).flatMap(({ node: { body } }, depth) =>
      body.body.filter(
        (member): member is ClassMethod =>
          member.type === 'ClassMethod' &&
          member.accessibility !== 'private' &&
          ((member.kind === 'constructor' && depth === 0) || (member.static ?? false)),
      ),
    );
    return methods.flatMap((method): Signature[] => {
      const parameter = method.params[2];
      const given = parameter?.type === 'AssignmentPattern' ? parameter.left : parameter;
      const annotation = given && 'typeAnnotation' in given ? given.typeAnnotation : undefined;
      const type = annotation?.type === 'TSTypeAnnotation' ? annotation.typeAnnotation : undefined;
      const element = type?.type === 'TSTypeOperator' ? type.typeAnnotation : type;
      const isList = element?.type === 'TSArrayType';
      const interfaceName = element ? nameOf(isList ? element.elementType : element) : '';
      const declared = /^I[A-Z]/.test(interfaceName) ? undefined : interfaces.get(interfaceName); // another construct is no properties
      if (!declared || isOfText(method.params[0])) return [];
      const key = method.key.type === 'Identifier' ? method.key.name : '';
      const isNew = method.kind === 'constructor';
      const load = () => require(`../../${source.path}`)[name];
      return [
        {
          name: isNew ? `new ${name}` : `${name}.${key}`,
          properties: propertiesOf(declared),
          isList,
          call: (scope, argument) => (isNew ? new (load())(scope, 'It', argument) : load()[key](scope, 'It', argument)),
        },
      ];
    });
  });
}

/** Every constructor and factory of the library that takes properties. */
export const SIGNATURES: readonly Signature[] = lib.flatMap(signaturesOf);
