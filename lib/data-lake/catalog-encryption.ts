import { GlueDataCatalogEncryptionSettings } from '@cdktf/provider-aws/lib/glue-data-catalog-encryption-settings';
import { Construct } from 'constructs';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';

export interface CatalogEncryptionProps {
  /** Encrypts what the catalog says of tables, and the passwords of connections. It must outlive the catalog. */
  readonly encryptionKey: IKey;
}

/**
 * Encrypts the whole Glue catalog of an account and region.
 *
 * There is one such setting per account and region: it belongs in the stack that is made once per account (`bootstrap`),
 * never in the stack of one of several environments, where the last to deploy would win and the first to be destroyed
 * would switch it off for all. Glue uses the key through a role of its own, so that readers of the catalog need not be
 * granted the key.
 */
export class CatalogEncryption extends Construct {
  /** The underlying settings. */
  public readonly resource: GlueDataCatalogEncryptionSettings;

  constructor(scope: Construct, id: string, { encryptionKey }: CatalogEncryptionProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: Principal.service('glue.amazonaws.com') });
    encryptionKey.grantEncrypt(role);
    encryptionKey.grantDecrypt(role);
    this.resource = new GlueDataCatalogEncryptionSettings(this, 'Resource', {
      dataCatalogEncryptionSettings: {
        encryptionAtRest: {
          catalogEncryptionMode: 'SSE-KMS-WITH-SERVICE-ROLE',
          catalogEncryptionServiceRole: role.roleArn,
          sseAwsKmsKeyId: encryptionKey.keyArn,
        },
        connectionPasswordEncryption: {
          awsKmsKeyId: encryptionKey.keyArn,
          returnConnectionPasswordEncrypted: true,
        },
      },
    });
    waive(this.resource, 'encrypted, through a service role: the check knows only the mode without one', 'CKV_AWS_94');
  }
}
