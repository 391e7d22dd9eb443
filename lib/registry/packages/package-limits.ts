import type { AwsNameKind } from '../../aws/name-kind';
import type { BrokenRule } from '../../core/properties';
import { quote, type TextPattern } from '../../core/text-pattern';

/** Names of SageMaker model package groups. */
export const PACKAGE_GROUP: AwsNameKind = { kind: 'model package group', maxLength: 63, uniqueIn: 'region' };
/** Names of event buses. */
export const EVENT_BUS: AwsNameKind = { kind: 'event bus', maxLength: 256, uniqueIn: 'region' };
/** What SageMaker sends when a package is registered or changed (EventBridge reference, SageMaker). */
export const PACKAGE_EVENTS = {
  source: ['aws.sagemaker'],
  'detail-type': ['SageMaker Model Package State Change'],
} as const;
/** Description of a group (`EntityDescription` of the SageMaker API). */
export const PACKAGE_GROUP_DESCRIPTION: TextPattern = {
  pattern: /^[\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]{0,1024}$/u,
  meaning: 'up to 1024 letters, digits, spaces and signs on one line',
};

/** Metadata of a model package that must be there, with what each key says (`CustomerMetadataProperties`). */
export const PACKAGE_METADATA = {
  owner: 'team that answers for the model',
  dataVersion: 'version of the training data: an Iceberg snapshot, or the hash of a prefix',
  codeVersion: 'version of the training code: a commit, or the hash of an archive',
  metrics: 'what the gate measured, or the address of the report',
  baseModelLicence: "licence of the base model; 'none' without one",
  contract: 'address of the contract between training and serving',
} as const;
/** A key of {@link PACKAGE_METADATA}. */
export type PackageMetadataKey = keyof typeof PACKAGE_METADATA;
/** Keys that every model package must have. */
export const REQUIRED_METADATA = Object.keys(PACKAGE_METADATA) as readonly PackageMetadataKey[];

/** Limits of the metadata of one package (`CustomerMetadataMap` of the SageMaker API). */
export const METADATA_LIMITS = { entries: 50, key: 128, value: 256 } as const;
const CHARACTERS = "letters, digits, spaces and '_.:/=+-@'";
/** A key of the metadata of a package. */
export const METADATA_KEY: TextPattern = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u,
  meaning: `1 to ${METADATA_LIMITS.key} ${CHARACTERS}`,
};
/** A value of the metadata of a package. */
export const METADATA_VALUE: TextPattern = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u,
  meaning: `1 to ${METADATA_LIMITS.value} ${CHARACTERS}`,
};

/** Status of a package that its registration may set; `Approved` belongs to the approver. */
export const REGISTERED_AS = ['PendingManualApproval', 'Rejected'] as const;

/**
 * What is wrong with the metadata of a package: keys that are missing or empty, and what SageMaker refuses. Judged when a
 * pipeline is synthesized, and before a package is promoted.
 *
 * @param properties `CustomerMetadataProperties` of the package; a value that is known only at run time is `undefined`
 * @param required keys that must be there. @default REQUIRED_METADATA
 * @returns one sentence for each error, without a full stop: none if the metadata is complete
 */
export function missingMetadata(
  properties: Readonly<Record<string, string | undefined>>,
  required: readonly string[] = REQUIRED_METADATA,
): string[] {
  const keys = Object.keys(properties);
  const missing = required
    .filter((key) => !keys.includes(key) || properties[key] === '')
    .map((key) => {
      const says = Object.hasOwn(PACKAGE_METADATA, key) ? `: ${PACKAGE_METADATA[key as PackageMetadataKey]}` : '';
      return `metadata '${key}' must be set${says}`;
    });
  const refused = keys.flatMap((key) => {
    const value = properties[key];
    const faults = METADATA_KEY.pattern.test(key) ? [] : [`metadata key ${quote(key)} must be ${METADATA_KEY.meaning}`];
    if (value === undefined || value === '' || METADATA_VALUE.pattern.test(value)) return faults;
    return [...faults, `metadata '${key}' must be ${METADATA_VALUE.meaning}, got ${quote(value)}`];
  });
  const { entries } = METADATA_LIMITS;
  const many = keys.length > entries ? [`metadata must have at most ${entries} keys, got ${keys.length}`] : [];
  return [...missing, ...refused, ...many];
}

/**
 * The rules that an account in a list breaks: each is there once.
 *
 * @param own the own account, if it must not be there. @default - it may be
 */
export function brokenAccount(
  account: string,
  index: number,
  accounts: readonly (string | undefined)[],
  own?: string,
): BrokenRule[] {
  if (account === own) {
    return [{ must: 'must be another account', fix: 'remove it: roles of this account are granted access' }];
  }
  return accounts.indexOf(account) < index ? [{ must: 'must be listed once', fix: 'remove one' }] : [];
}
