import { Construct, type IConstruct } from 'constructs';
import { InputError } from '../core/input-error';
import type { ITable } from '../data-lake/table';
import type { IKey } from '../encryption/key';
import type { IGrantable } from '../iam/statement';

/** A group of features as other modules see it. */
export interface IFeatureGroup extends IConstruct {
  readonly featureGroupName: string;
  /** `arn:<partition>:sagemaker:<region>:<account>:feature-group/<name>`. */
  readonly featureGroupArn: string;
  /** Table of every record that was ever written, in a zone of the lake; `undefined` without an offline store. */
  readonly offlineTable: ITable | undefined;
  /** Whether the newest record of each identifier can be read by {@link grantReadOnline}. */
  readonly isOnline: boolean;
  /** Key of the online store; `undefined` without one, or if it is not known. */
  readonly encryptionKey: IKey | undefined;
  /**
   * Allows writing and deleting records: `sagemaker:PutRecord`, `sagemaker:DeleteRecord`, `sagemaker:DescribeFeatureGroup`;
   * and with an online store decryption with its key as `IKey.grantDecrypt` does. The offline store needs no grant: its own
   * role writes it.
   */
  grantIngest(grantee: IGrantable): void;
  /**
   * Allows reading the newest record of an identifier: `sagemaker:GetRecord`, `sagemaker:BatchGetRecord`,
   * `sagemaker:DescribeFeatureGroup`, and decryption with the key of the online store as `IKey.grantDecrypt` does.
   *
   * @throws InputError if the group has no online store
   */
  grantReadOnline(grantee: IGrantable): void;
  /**
   * Allows reading every record with Athena, Spark or a training job, as `ITable.grantRead` does on the table of the offline
   * store, and `sagemaker:DescribeFeatureGroup`, which names it.
   *
   * @throws InputError if the group has no offline store
   */
  grantReadOffline(grantee: IGrantable): void;
}

/** Grants of every group, new or existing. */
export abstract class FeatureGroupBase extends Construct implements IFeatureGroup {
  public abstract readonly featureGroupName: string;
  public abstract readonly featureGroupArn: string;
  public abstract readonly offlineTable: ITable | undefined;
  public abstract readonly isOnline: boolean;
  public abstract readonly encryptionKey: IKey | undefined;

  public grantIngest(grantee: IGrantable): void {
    this.allow(grantee, 'sagemaker:PutRecord', 'sagemaker:DeleteRecord');
    if (this.isOnline) this.encryptionKey?.grantDecrypt(grantee);
  }

  public grantReadOnline(grantee: IGrantable): void {
    if (!this.isOnline) {
      throw new InputError(`${this.node.path}: has no online store; set 'online', or read the offline store`);
    }
    this.allow(grantee, 'sagemaker:GetRecord', 'sagemaker:BatchGetRecord');
    this.encryptionKey?.grantDecrypt(grantee);
  }

  public grantReadOffline(grantee: IGrantable): void {
    if (this.offlineTable === undefined) {
      throw new InputError(`${this.node.path}: has no offline store; set 'zone', or read the online store`);
    }
    this.allow(grantee);
    this.offlineTable.grantRead(grantee);
  }

  private allow(grantee: IGrantable, ...actions: readonly string[]): void {
    grantee.addToPolicy({
      actions: ['sagemaker:DescribeFeatureGroup', ...actions],
      resources: [this.featureGroupArn],
    });
  }
}
