import type { ClassMethod, TSInterfaceDeclaration } from '@babel/types';
import { InputError } from '../lib/core/input-error';
import { type SourceFile, Sources } from './support/house/source';
import { acmeStack } from './support/stack';

/** Parts that only their own construct makes. */
const INNER = ['PublicSubnets', 'PrivateSubnets', 'Zone'];

const sources = Sources.ofRepository();
const lib = sources.files.filter(({ module, path }) => module && module !== 'testing' && !path.endsWith('index.ts'));
const interfaces = new Map(
  lib.flatMap((source) => source.nodesOf('TSInterfaceDeclaration').map((node) => [node.id.name, node] as const)),
);

/** Required properties of an interface and of those that it extends. */
function requiredOf({ body, extends: bases }: TSInterfaceDeclaration): string[] {
  const own = body.body.flatMap((member) =>
    member.type === 'TSPropertySignature' && !member.optional && member.key.type === 'Identifier'
      ? [member.key.name]
      : [],
  );
  const inherited = (bases ?? []).flatMap((base) => {
    const name = 'expression' in base && base.expression.type === 'Identifier' ? base.expression.name : '';
    const known = interfaces.get(name);
    return known ? requiredOf(known) : [];
  });
  return [...own, ...inherited];
}

/** `[name, required properties, call]` of a constructor or factory whose third parameter is an interface of ours. */
function callsOf(source: SourceFile): [string, string[], (argument: unknown) => unknown][] {
  const exported = source
    .nodesOf('ExportNamedDeclaration')
    .flatMap(({ declaration }) => (declaration?.type === 'ClassDeclaration' ? [declaration] : []));
  return exported.flatMap((node) => {
    const name = node.id?.name ?? '';
    if (node.abstract || INNER.includes(name)) return [];
    const methods = node.body.body.filter(
      (member): member is ClassMethod =>
        member.type === 'ClassMethod' &&
        member.accessibility !== 'private' &&
        (member.kind === 'constructor' || (member.static ?? false)),
    );
    return methods.flatMap((method): [string, string[], (argument: unknown) => unknown][] => {
      const parameter = method.params[2];
      const annotation = parameter?.type === 'Identifier' ? parameter.typeAnnotation : undefined;
      const type = annotation?.type === 'TSTypeAnnotation' ? annotation.typeAnnotation : undefined;
      const named = type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' ? type.typeName.name : '';
      const declared = /^I[A-Z]/.test(named) ? undefined : interfaces.get(named); // another construct is no properties
      const required = declared ? requiredOf(declared) : [];
      if (required.length === 0) return [];
      const { [name]: Class } = require(`../${source.path}`);
      const key = method.key.type === 'Identifier' ? method.key.name : '';
      return method.kind === 'constructor'
        ? [[`new ${name}`, required, (argument) => new Class(acmeStack(), 'It', argument)]]
        : [[`${name}.${key}`, required, (argument) => Class[key](acmeStack(), 'It', argument)]];
    });
  });
}

const calls = lib.flatMap(callsOf);

test('every kind of construct is tried', () => {
  const names = calls.map(([name]) => name);
  expect(names).toEqual(expect.arrayContaining(['new DataLake', 'new AuroraDatabase', 'Bucket.fromBucketAttributes']));
  expect(names.length).toBeGreaterThan(20);
});

test.each(calls)('%s without properties, as from JavaScript, names each that is missing: %p', (_, required, call) => {
  for (const argument of [undefined, {}]) {
    let error: unknown;
    try {
      call(argument);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(InputError);
    for (const name of required) expect((error as Error).message).toContain(`'${name}' must be set, got undefined`);
    expect((error as Error).message).toMatch(/^test\/It: /);
  }
});
