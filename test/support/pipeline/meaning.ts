import { isObject } from './api-shapes';

/**
 * What a definition means: two definitions with the same meaning are equal. Left out is what says what is the case anyway;
 * each line has the reason.
 */
export function meaningOf(definition: string): unknown {
  return meaning(JSON.parse(definition));
}

/** Keys with the value that the API takes if they are not there (API reference of SageMaker). */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  EnableNetworkIsolation: false,
  EnableInterContainerTrafficEncryption: false,
  EnableManagedSpotTraining: false,
  S3CompressionType: 'None',
  AppManaged: false,
  SkipModelValidation: 'None',
};

/** Keys that the SDK writes otherwise. */
const RENAMED: Readonly<Record<string, string>> = {
  HyperParameterTuningResourceConfig: 'ResourceConfig', // a tuning takes both; the SDK's also takes several types
};

function meaning(value: unknown, parent = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => meaning(one, parent));
  if (!isObject(value)) return parent === 'Name' && typeof value === 'string' ? stepName(value) : value;
  const kept = Object.entries(value).filter(([key, one]) => DEFAULTS[key] !== one && !isEmpty(one));
  return Object.fromEntries(kept.map(([key, one]) => [RENAMED[key] ?? key, meaning(one, key)]));
}

/** The SDK makes two steps of a model, and names the one that registers it so. */
function stepName(name: string): string {
  return name.replace(/-RegisterModel$/, '');
}

/** A structure without members says nothing. */
function isEmpty(value: unknown): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
