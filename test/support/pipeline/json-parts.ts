import { isObject, type Shape } from './api-shapes';

/** An object of a definition. */
export type Json = Record<string, unknown>;

/** A step with the branch that it is in, as a path of names. */
export interface Placed {
  readonly step: Json;
  readonly branch: readonly string[];
}

/** All steps, those in branches included. */
export function placed(steps: readonly Json[], branch: readonly string[]): readonly Placed[] {
  return steps.flatMap((step) => {
    const { IfSteps, ElseSteps } = (step.Arguments ?? {}) as Json;
    return [
      { step, branch },
      ...placed(list(IfSteps), [...branch, `${step.Name} if`]),
      ...placed(list(ElseSteps), [...branch, `${step.Name} else`]),
    ];
  });
}

/** A value of a shape, for what is known only while the pipeline runs. */
export function sampleOf({ type, pattern = '', min = 0, enum: words }: Shape): unknown {
  if (type === 'integer' || type === 'long' || type === 'float' || type === 'double') return Math.max(min, 1);
  if (type === 'boolean') return true;
  if (words) return words[0];
  if (/s3\)?:\/\//.test(pattern)) return 's3://acme/sample';
  if (pattern.startsWith('arn:') || pattern.startsWith('^arn:'))
    return 'arn:aws:sagemaker:eu-north-1:111122223333:sample/a';
  return 'sample'.padEnd(min, 'x');
}

/** Whether a value is `{Get}`, `{Std:Join}` or `{Std:JsonGet}`. */
export function isReference(value: unknown): value is Json {
  return isObject(value) && Object.keys(value).some((key) => key === 'Get' || key.startsWith('Std:'));
}

/** A list, empty if there is none. */
export function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** A fault for each key that has no meaning. */
export function unknownKeys(value: Json, known: readonly string[], place: string): string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${place}: unknown key ${key}`);
}
