import type { LoopStep } from './loop-limits';

/** A value of the environment file that changes. */
export interface FileChange {
  /** Path of the key, such as `models.card-fraud.challenger.version`. */
  readonly path: string;
  /** The new value; `version` stands for the approved version. */
  readonly value: number | 'version';
}

/**
 * The changes of the environment file by which a step is done. Terraform owns the endpoint, so a change of the file is the only way by
 * which a version gets requests for good: it is reviewed, planned and applied like any other.
 *
 * @param share of the challenger in percent
 */
export function changesOf(step: LoopStep, model: string, share: number): FileChange[] {
  const key = (...names: readonly string[]) => ['models', model, ...names].join('.');
  const weight = (value: number): FileChange => ({ path: key('challenger', 'weight'), value });
  if (step === 'try') return [{ path: key('challenger', 'version'), value: 'version' }, weight(share)];
  if (step === 'promote') return [{ path: key('version'), value: 'version' }, weight(0)];
  return [weight(0)];
}

/** Changes as a sentence. @param version of the model, or what stands for it */
export function sentenceOf(changes: readonly FileChange[], version: string): string {
  return changes.map(({ path, value }) => `${path} to ${value === 'version' ? version : value}`).join(' and ');
}
