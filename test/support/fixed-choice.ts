import { TerraformOutput } from 'cdktf';
import { FixedChoice, PlatformStack } from '../../lib/core';
import type { Removal } from '../../lib/core/removal';
import { testApp } from '../../lib/testing';

export interface Chosen {
  readonly value: string;
  readonly ofStack?: Removal;
  readonly removal?: Removal;
}

/** A stack with a choice in it, and something else that follows from the choice. */
export function stackWith({ value, ofStack, removal }: Chosen): PlatformStack {
  const stack = new PlatformStack(testApp(), 'test', { removal: ofStack });
  new FixedChoice(stack, 'Engine', {
    name: 'registry.database.engine',
    value,
    instead: 'To move, add a second database and copy the data',
    removal,
  });
  new TerraformOutput(stack, 'Follows', { value });
  return stack;
}
