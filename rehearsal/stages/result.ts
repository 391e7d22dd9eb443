import type { StackCopy } from '../copy/stack-copy';
import type { StackResult } from '../events';
import { managedResources } from '../source/manifest';

/** The result of a stack before its first phase. */
export function emptyResult({
  stack,
  configuration,
  guardsLifted,
  provisionersRemoved,
  importsRemoved,
}: StackCopy): StackResult {
  return {
    stack,
    resources: managedResources(configuration).length,
    applied: 0,
    accepted: 0,
    overridden: 0,
    mocked: 0,
    changes: undefined,
    destroyed: 0,
    guardsLifted,
    provisionersRemoved,
    importsRemoved,
    seconds: 0,
  };
}
