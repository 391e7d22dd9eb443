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

/** Without repetition: both lists have `kms:DescribeKey`. */
const ALL_ACTIONS = [...new Set([...ENCRYPT_ACTIONS, ...DECRYPT_ACTIONS])];
/** Service-linked roles that launch instances with encrypted volumes. */
const INSTANCE_ROLES = [
  'autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
  'spot.amazonaws.com/AWSServiceRoleForEC2Spot',
];
/** Service-linked roles with which file systems read their buckets; each ends in the id of its file system. */
const LUSTRE_ROLES = 's3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_*';

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
  /**
   * Allows EC2 Auto Scaling and EC2 Spot to encrypt volumes of the account's instances with the key, as AWS Batch needs it:
   * their service-linked roles may use and grant it. Has no effect on an existing key: see {@link allowLogs}.
   */
  allowInstances(): void;
  /**
   * Allows FSx for Lustre to read objects that the key encrypts, through S3, for file systems of the account that are
   * linked to a bucket. Has no effect on an existing key: see {@link allowLogs}.
   */
  allowLustre(): void;
  /**
   * Allows CloudWatch alarms and EventBridge to publish to topics and queues that the key encrypts: `kms:Decrypt`,
   * `kms:GenerateDataKey`. Has no effect on an existing key: see {@link allowLogs}.
   */
  allowAlarms(): void;
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
  public abstract allowInstances(): void;
  public abstract allowLustre(): void;
  public abstract allowAlarms(): void;
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
      public allowInstances(): void {}
      public allowLustre(): void {}
      public allowAlarms(): void {}
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
  /** The underlying key. */
  public readonly resource: KmsKey;
  private readonly statements: PolicyStatement[] = [];
  private alarmsAllowed = false;

  constructor(scope: Construct, id: string, props: KeyProps) {
    super(scope, id);
    Properties.need(this, props, 'description');
    Properties.of(this)
      .integer('deletionWindowDays', props.deletionWindowDays, DELETION_WINDOW_DAYS)
      .matches('alias', props.alias, ALIAS_NAME)
      .throwIfInvalid();

    this.letPoliciesDecide();
    const { min, max } = DELETION_WINDOW_DAYS;
    this.resource = new KmsKey(this, 'Resource', {
      description: props.description,
      enableKeyRotation: true,
      deletionWindowInDays: props.deletionWindowDays ?? (mayDestroy(this, props.removal) ? min : max),
      policy: renderedPolicy(this, KEY_POLICY, () => this.statements),
      lifecycle: keepData(this, props.removal),
    });
    new KmsAlias(this, 'Alias', {
      name: `alias/${physicalName(this, ALIAS, props.alias)}`,
      targetKeyId: this.resource.keyId,
    });
    this.keyArn = this.resource.arn;
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
      actions: ALL_ACTIONS,
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

  public allowInstances(): void {
    this.allowLinkedRoles(INSTANCE_ROLES, ALL_ACTIONS);
    // EC2 attaches the volume with a grant that the role creates for it
    this.allowLinkedRoles(INSTANCE_ROLES, ['kms:CreateGrant'], { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
  }

  public allowLustre(): void {
    const { region, urlSuffix } = Aws.of(this);
    this.allowLinkedRoles([LUSTRE_ROLES], DECRYPT_ACTIONS, {
      StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` },
    });
  }

  public allowAlarms(): void {
    if (this.alarmsAllowed) return;
    this.alarmsAllowed = true;
    // without a condition on the source: EventBridge sends none to an encrypted topic
    this.statements.push({
      principal: Principal.services(['cloudwatch.amazonaws.com', 'events.amazonaws.com']),
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
    });
  }

  /**
   * KMS refuses a policy that names a role which is not there, and a service creates its role with the first resource that needs
   * it. So the statement is for every principal whose ARN is that of such a role of this account.
   */
  private allowLinkedRoles(
    roles: readonly string[],
    actions: readonly string[],
    conditions: PolicyConditions = {},
  ): void {
    const aws = Aws.of(this);
    this.statements.push({
      principal: Principal.anyone(),
      actions,
      resources: ['*'],
      conditions: {
        ...conditions,
        StringEquals: { ...conditions.StringEquals, 'kms:CallerAccount': aws.account },
        ArnLike: {
          'aws:PrincipalArn': roles.map((role) => aws.arn('iam', `role/aws-service-role/${role}`, { region: '' })),
        },
      },
    });
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
