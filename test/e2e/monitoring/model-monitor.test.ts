import type { App } from 'cdktf';
import { ModelMonitor } from '../../../lib/monitoring';
import { validate } from '../../../lib/testing';
import { modelMonitorPropsIn } from '../../support/drift';
import { describeWith } from '../../support/machine';
import { acmeStack } from '../../support/stack';

// no emulator has schedules of Model Monitor, and no new account: what the provider takes is all that can be shown
describeWith(['terraform'], 'Model Monitor', () => {
  test('is what the provider takes', async () => {
    const stack = acmeStack();
    new ModelMonitor(stack, 'Monitor', modelMonitorPropsIn(stack));
    expect(await validate(stack.node.root as App)).toEqual([]);
  }, 120_000); // starting the provider takes seconds, on a busy machine many
});
