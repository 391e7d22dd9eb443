import child_process from 'node:child_process';
import { TerraformVariable } from 'cdktf';
import { FixedChoice } from '../../lib/core';
import { Template } from '../../lib/testing';
import { type Chosen, stackWith } from '../support/fixed-choice';
import { acmeStack, TWO_KEYS } from '../support/stack';

const choiceIn = (chosen: Chosen) => Template.synth(stackWith(chosen)).one('terraform_data');

test('a choice is remembered, and another one is refused with what to do', () => {
  expect(choiceIn({ value: 'aurora' })).toEqual({
    input: { choice: 'aurora' },
    lifecycle: {
      ignore_changes: ['input'],
      postcondition: [
        {
          condition: '${try(self.input.choice, null) == "aurora"}',
          error_message: `registry.database.engine is '\${try(self.input.choice, "unknown")}' in what is deployed and cannot become 'aurora': set it back. To move, add a second database and copy the data.`,
        },
      ],
    },
  });
});

test('it is synthesized without Terraform, which may not be on the machine', () => {
  const run = jest.spyOn(child_process, 'execSync');
  choiceIn({ value: 'aurora' });
  expect(run).not.toHaveBeenCalled();
});

test.each(TWO_KEYS)('stack says %s, choice says %s: it may change: %s', (ofStack, removal, may) => {
  const choice = choiceIn({ value: 'aurora', ofStack, removal });
  expect(choice.input).toEqual({ choice: 'aurora' });
  expect(choice.lifecycle === undefined).toBe(may);
});

test.each([
  ['a token', () => new TerraformVariable(acmeStack(), 'engine', {}).stringValue, 'got a token'],
  ['not a word', () => 'a "b"', `got 'a "b"'`],
])('a value that is %s is refused', (_, value, got) => {
  expect(() => new FixedChoice(acmeStack(), 'Engine', { name: 'engine', value: value(), instead: 'Ask' })).toThrow(
    `'value' must be a word of letters, digits and ._-, known before deployment, ${got}`,
  );
});

test('in HCL it is written as Terraform reads it', () => {
  const stack = acmeStack();
  new FixedChoice(stack, 'Engine', { name: 'engine', value: 'rds', instead: 'Ask ${us}' });
  const { hcl } = stack.toHclTerraform();
  expect(hcl).toContain('input = {\nchoice = "rds"\n}');
  expect(hcl).toMatch(
    /^postcondition \{\ncondition = "\$\{try\(self\.input\.choice, null\) == "rds"\}"\nerror_message = ".*Ask \$\$\{us\}\."\n\}$/m,
  );
});
