import { KmsAlias } from '@cdktf/provider-aws/lib/kms-alias';
import { KmsKey } from '@cdktf/provider-aws/lib/kms-key';
import { Construct, type IConstruct } from 'constructs';
import { ARN, urlSuffixOf } from '../aws/arns';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { keepData, mayDestroy, type Removal } from '../core/removal';
import type { TextPattern } from '../core/text-pattern';
import { KEY_POLICY } from '../iam/policy-limits';
import { Principal } from '../iam/principal';
import { renderedPolicy } from '../iam/rendered-policy';
import type { IGrantable, PolicyConditions, PolicyStatement } from '../iam/statement';
import { ALIAS } from './key-limits';

/** Days between the request to delete a key and its deletion (KMS). */
export const DELETION_WINDOW_DAYS = { min: 7, max: 30 } as const;
const GRANTABLE: TextPattern = {
  pattern: /:key\/[^:]+$/,
  meaning: 'the ARN of the key itself, because IAM policies do not match an alias',
};
const ALIAS_NAME: TextPattern = {
  pattern: /^(?!aws\/|alias\/)[\w/-]+$/,
  meaning: 'letters, digits, slashes, hyphens and underscores, not beginning with aws/ or alias/',
};

const DECRYPT_ACTIONS = ['kms:Decrypt', 'kms:DescribeKey'] as const;
const ENCRYPT_ACTIONS = [
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:DescribeKey',
] as const;

/** A KMS key as other modules see it. */
export interface IKey extends IConstruct {
  readonly keyArn: string;
  /** Allows `kms:Decrypt`, `kms:DescribeKey`. */
  grantDecrypt(grantee: IGrantable): void;
  /**
   * Allows `kms:Encrypt`, `kms:GenerateDataKey`, `kms:GenerateDataKeyWithoutPlaintext`, `kms:ReEncryptFrom`,
   * `kms:ReEncryptTo`, `kms:DescribeKey`.
   */
  grantEncrypt(grantee: IGrantable): void;
  /**
   * Allows CloudWatch Logs to encrypt the log groups of this account and region with the key. Has no effect on an
   * existing key, whose own policy must allow it.
   */
  allowLogs(): void;
  /**
   * Lets the IAM policies of other accounts allow their roles to read objects of this region that the key encrypts:
   * `kms:Decrypt` through S3, `kms:DescribeKey`. Has no effect on an existing key, whose own policy must allow it.
   *
   * @param accounts ids of 12 digits, at least one
   */
  allowAccounts(accounts: readonly string[]): void;
}

export interface KeyProps {
  readonly description: string;
  /** Alias after the stack's prefix, without `alias/`. @default - from the construct's path */
  readonly alias?: string;
  /** Days between the request to delete the key and its deletion: 7 to 30. @default - 30; 7 if `mayDestroy` */
  readonly deletionWindowDays?: number;
  /** Whether the key, and with it everything it encrypts, may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

abstract class KeyBase extends Construct implements IKey {
  public abstract readonly keyArn: string;
  public abstract allowLogs(): void;
  public abstract allowAccounts(accounts: readonly string[]): void;

  public grantDecrypt(grantee: IGrantable): void {
    grantee.addToPolicy({ actions: DECRYPT_ACTIONS, resources: [this.keyArn] });
  }

  public grantEncrypt(grantee: IGrantable): void {
    grantee.addToPolicy({ actions: ENCRYPT_ACTIONS, resources: [this.keyArn] });
  }
}

/**
 * A customer-managed KMS key, rotated every year, for one domain of data.
 *
 * Costs for each month, more after each of the first two rotations, and for each request. Destroying it schedules its
 * deletion after some days, and what it encrypts is lost with it; it needs both keys.
 */
export class Key extends KeyBase {
  /**
   * An existing key. Its key policy must let the account's IAM policies grant access, as the default policy does.
   *
   * @throws InputError if `keyArn` is not the ARN of a key or an alias; access by an alias cannot be granted
   */
  public static fromKeyArn(scope: Construct, id: string, keyArn: string): IKey {
    Properties.of(`${scope.node.path}/${id}`)
      .present({ keyArn }, 'keyArn')
      .matches('keyArn', keyArn, ARN.key)
      .throwIfInvalid();
    class Import extends KeyBase {
      public readonly keyArn = keyArn;
      public allowLogs(): void {}
      public allowAccounts(): void {}

      public override grantDecrypt(grantee: IGrantable): void {
        this.refuseAlias();
        super.grantDecrypt(grantee);
      }

      public override grantEncrypt(grantee: IGrantable): void {
        this.refuseAlias();
        super.grantEncrypt(grantee);
      }

      private refuseAlias(): void {
        Properties.of(this).matches('keyArn', keyArn, GRANTABLE).throwIfInvalid();
      }
    }
    return new Import(scope, id);
  }

  public readonly keyArn: string;
  private readonly statements: PolicyStatement[] = [];

  constructor(scope: Construct, id: string, props: KeyProps) {
    super(scope, id);
    Properties.need(this, props, 'description');
    Properties.of(this)
      .integer('deletionWindowDays', props.deletionWindowDays, DELETION_WINDOW_DAYS)
      .matches('alias', props.alias, ALIAS_NAME)
      .throwIfInvalid();

    this.letPoliciesDecide();
    const { min, max } = DELETION_WINDOW_DAYS;
    const key = new KmsKey(this, 'Resource', {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: props.deletionWindowDays ?? (mayDestroy(this, props.removal) ? min : max),
      policy: renderedPolicy(this, KEY_POLICY, () => this.statements),
      lifecycle: keepData(this, props.removal),
    });
    new KmsAlias(this, 'Alias', {
      name: `alias/${physicalName(this, ALIAS, props.alias)}`,
      targetKeyId: key.keyId,
    });
    this.keyArn = key.arn;
  }

  /**
   * Allows an AWS service to encrypt and decrypt on its own behalf, as CloudWatch Logs does.
   *
   * @param service e.g. `logs.eu-north-1.amazonaws.com`
   * @param conditions restrict the requests, e.g. to an encryption context
   */
  public allowService(service: string, conditions?: PolicyConditions): void {
    this.statements.push({
      principal: Principal.service(service),
      actions: [...new Set([...ENCRYPT_ACTIONS, ...DECRYPT_ACTIONS])],
      resources: ['*'],
      conditions,
    });
  }

  public allowLogs(): void {
    const aws = Aws.of(this);
    const { partition, region } = aws;
    const suffix = partition === 'aws-cn' ? urlSuffixOf(partition) : 'amazonaws.com'; // of all partitions, only aws-cn uses its own domain here
    this.allowService(`logs.${region}.${suffix}`, {
      ArnLike: { 'kms:EncryptionContext:aws:logs:arn': aws.arn('logs', '*') },
    });
  }

  public allowAccounts(accounts: readonly string[]): void {
    const aws = Aws.of(this);
    const principal = Principal.arns(accounts.map((account) => aws.arn('iam', 'root', { region: '', account })));
    const viaS3 = { StringEquals: { 'kms:ViaService': `s3.${aws.region}.${aws.urlSuffix}` } };
    this.statements.push(
      { principal, actions: ['kms:DescribeKey'], resources: ['*'] },
      { principal, actions: ['kms:Decrypt'], resources: ['*'], conditions: viaS3 },
    );
  }

  /** Without this statement no principal, not even the account's root user, could change the key again. */
  private letPoliciesDecide(): void {
    this.statements.push({
      sid: 'IamPoliciesDecide',
      principal: Principal.arn(Aws.of(this).arn('iam', 'root', { region: '' })),
      actions: ['kms:*'],
      resources: ['*'],
    });
  }
}
