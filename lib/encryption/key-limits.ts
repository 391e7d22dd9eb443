import type { AwsNameKind } from '../aws/name-kind';

/** Names of KMS aliases, without `alias/`. */
export const ALIAS: AwsNameKind = { kind: 'KMS alias', maxLength: 250, uniqueIn: 'region', property: 'alias' };
