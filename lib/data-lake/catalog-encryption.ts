import { GlueDataCatalogEncryptionSettings } from '@cdktf/provider-aws/lib/glue-data-catalog-encryption-settings';
import { Construct } from 'constructs';
import { Properties } from '../core/properties';
import { waive } from '../core/waivers';
import type { IKey } from '../encryption/key';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';

export interface CatalogEncryptionProps {
  /** Encrypts table metadata and connection passwords. It must exist as long as the catalog does. */
  readonly encryptionKey: IKey;
}

/**
 * Encrypts the whole Glue catalog of an account and region.
 *
 * The setting exists once per account and region. Use it in a stack that exists once per account, such as `bootstrap`,
 * not in the stack of an environment: the last environment deployed would set it for all, the first one destroyed would
 * disable it for all. Glue uses the key through its own role, so that catalog readers need no grant on the key.
 *
 * Costs nothing at rest; each call of the catalog that uses the key is a request of KMS.
 */
export class CatalogEncryption extends Construct {
  /** The underlying settings. */
  public readonly resource: GlueDataCatalogEncryptionSettings;

  constructor(scope: Construct, id: string, props: CatalogEncryptionProps) {
    super(scope, id);
    Properties.need(this, props, 'encryptionKey');
    const { encryptionKey } = props;
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
    waive(
      this.resource,
      'the catalog is encrypted through a service role; the check knows only the mode without one',
      'CKV_AWS_94',
    );
  }
}
