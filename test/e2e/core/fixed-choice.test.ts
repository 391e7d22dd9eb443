import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findTerraform, Template, thisMachine } from '../../../lib/testing';
import { run } from '../../support/command';
import { type Chosen, stackWith } from '../../support/fixed-choice';
import { describeWith } from '../../support/machine';

describeWith(['terraform'], 'a fixed choice, with the real Terraform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cdktf-fixed-choice-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const env = {
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: join(folder, 'terraform.rc'),
    TF_DATA_DIR: join(folder, '.terraform'),
  };
  const terraform = (...args: string[]) => run(folder, findTerraform(thisMachine()).path, args, env);

  /** The stack as synthesized, with its state in the folder. */
  function write(chosen: Chosen): void {
    const { json } = Template.synth(stackWith(chosen));
    writeFileSync(join(folder, 'cdk.tf.json'), JSON.stringify({ ...json, terraform: {} }));
  }

  const state = () => readFileSync(join(folder, 'terraform.tfstate'), 'utf8');
  /** What is planned for the choice. */
  async function plan(): Promise<string[]> {
    await terraform('plan', '-input=false', '-out=plan');
    const shown = JSON.parse(await terraform('show', '-json', 'plan'));
    return shown.resource_changes[0].change.actions;
  }
  /** What Terraform says as it fails, without its line breaks. */
  const failure = (...args: string[]): Promise<string> =>
    terraform(...args, '-input=false', '-no-color').then(
      () => 'it did not fail',
      ({ message }: Error) => message.replace(/\s+/g, ' '),
    );

  beforeAll(async () => {
    writeFileSync(env.TF_CLI_CONFIG_FILE, '');
    write({ value: 'instance' });
    await terraform('init', '-input=false');
    await terraform('apply', '-auto-approve', '-input=false');
  }, 60_000);

  test('the same choice changes nothing', async () => {
    write({ value: 'instance' });
    expect(await plan()).toEqual(['no-op']);
  }, 60_000);

  test.each([['plan'], ['apply', '-auto-approve']])(
    '%s with another choice fails with what to do, and changes nothing',
    async (...command) => {
      const before = state();
      write({ value: 'aurora' });
      expect(await failure(...command)).toContain(
        "registry.database.engine is 'instance' in what is deployed and cannot become 'aurora': set it back. To move, add a second database and copy the data.",
      );
      expect(state()).toBe(before);
    },
    60_000,
  );

  test('one key of two does not free it', async () => {
    write({ value: 'aurora', removal: 'destroy' });
    expect(await failure('plan')).toContain('Resource postcondition failed');
    write({ value: 'aurora', ofStack: 'destroy' });
    expect(await failure('plan')).toContain('Resource postcondition failed');
  }, 60_000);

  test('both keys do, and what is then chosen is what is fixed again', async () => {
    const value = 'other-1.0';
    write({ value, ofStack: 'destroy', removal: 'destroy' });
    expect(await plan()).toEqual(['update']);
    await terraform('apply', '-auto-approve', '-input=false');
    write({ value });
    expect(await plan()).toEqual(['no-op']);
    write({ value: 'instance' });
    expect(await failure('plan')).toContain(`registry.database.engine is '${value}' in what is deployed`);
  }, 60_000);
});
