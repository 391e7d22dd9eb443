import { TerraformStack, TerraformVariable, Token } from 'cdktf';
import { InputError, Properties } from '../../lib/core';
import { testApp } from '../../lib/testing';

const stack = new TerraformStack(testApp(), 'test');
const messageOf = (check: (properties: Properties) => Properties) => {
  try {
    check(Properties.of(stack)).throwIfInvalid();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
};

test.each<[string, (p: Properties) => Properties, string]>([
  ['below', (p) => p.number('days', 0, { min: 1 }), "'days' must be at least 1, got 0"],
  ['above', (p) => p.number('days', 31, { max: 30 }), "'days' must be at most 30, got 31"],
  ['outside', (p) => p.number('days', 31, { min: 7, max: 30 }), "'days' must be between 7 and 30, got 31"],
  ['not whole', (p) => p.integer('days', 1.5, { min: 1 }), "'days' must be a whole number, got 1.5"],
  ['not a number at all', (p) => p.number('days', Number.NaN, { min: 1 }), "'days' must be at least 1, got NaN"],
  [
    'in the wrong form',
    (p) => p.matches('name', 'A', { pattern: /^[a-z]+$/, meaning: 'lower-case' }),
    "'name' must be lower-case, got 'A'",
  ],
  ['unknown', (p) => p.oneOf('nat', 'two' as string, ['none', 'one']), "'nat' must be one of none, one, got 'two'"],
  [
    'of an empty choice',
    (p) => p.oneOf('metric', 'auc' as string, []),
    "'metric' has nothing to choose from, got 'auc'",
  ],
  ['against a rule', (p) => p.require(false, "'a' needs 'b'"), "'a' needs 'b'"],
])('a value %s is refused with its limit', (_, check, message) => {
  expect(messageOf(check)).toBe(`test: 1 invalid property\n  - ${message}`);
});

test('limits are inclusive, and undefined values are not checked', () => {
  const fine = (p: Properties) =>
    p
      .number('days', 7, { min: 7, max: 30 })
      .number('days', 30, { min: 7, max: 30 })
      .integer('days', undefined, { min: 1 })
      .matches('name', undefined, { pattern: /^a$/, meaning: 'a' })
      .oneOf('nat', undefined, ['none']);
  expect(messageOf(fine)).toBeUndefined();
});

test('a value known only at deploy time passes', () => {
  const variable = new TerraformVariable(stack, 'later', {});
  const fine = (p: Properties) =>
    p
      .integer('days', variable.numberValue, { min: 1 })
      .matches('name', variable.stringValue, { pattern: /^a$/, meaning: 'a' })
      .oneOf('zones', variable.numberValue, [2, 3])
      .known({ nat: 'none', zones: ['a'], tags: { a: variable.stringValue } }, 'nat', 'zones', 'tags');
  expect(messageOf(fine)).toBeUndefined();
});

test('a value that decides what is made must be known before deployment', () => {
  const { stringValue, listValue, value } = new TerraformVariable(stack, 'choice', {});
  const props = {
    name: stringValue,
    ids: listValue,
    tags: Token.asStringMap(value),
    columns: { [stringValue]: 'int' },
  };
  const unknown = (p: Properties) =>
    p.oneOf('nat', stringValue, ['none']).known(props, 'name', 'ids', 'tags', 'columns');
  expect(messageOf(unknown)?.split('\n  - ').slice(1)).toEqual([
    "'nat' must be known before deployment, got a token",
    "'name' must be known before deployment, got a token",
    "'ids' must be a list of known length, got a token; write its elements: [Fn.element(list, 0), ...]",
    "'tags' must be known before deployment, got a token; write its keys: { one: Fn.lookup(map, 'one'), ... }",
    "'columns' must have keys that are known before deployment, got a token as key",
  ]);
});
