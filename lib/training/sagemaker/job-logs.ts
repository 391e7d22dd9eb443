import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { LOG_GROUP, LOG_RETENTION_DAYS } from '../../aws/log-group';
import { claimPhysicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { keepData, mayDestroy, type Removal } from '../../core/removal';
import { waive } from '../../core/waivers';
import type { IKey } from '../../encryption/key';
import { DEFAULT_JOB_LOG_DAYS, JOB_KINDS, LOG_KINDS, type LogKind, sageMakerLogGroup } from '../training-limits';

export interface JobLogsProps {
  readonly encryptionKey: IKey;
  /** What writes the logs. @default JOB_KINDS */
  readonly kinds?: readonly LogKind[];
  /** Retention in days: one of `LOG_RETENTION_DAYS`. @default 365 */
  readonly retentionDays?: number;
  /** Whether the logs may be destroyed: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/**
 * The log groups of SageMaker's jobs, with a retention and a key: `/aws/sagemaker/TrainingJobs`, `ProcessingJobs` and
 * `TransformJobs`, or that of notebooks, `/aws/sagemaker/studio`. SageMaker fixes these names, so that an account has one
 * set in each region.
 *
 * Costs for each gigabyte written and for each gigabyte-month kept. Destroying it deletes the logs if they may be
 * destroyed; otherwise the groups stay, without Terraform, and SageMaker goes on writing to them.
 */
export class JobLogs extends Construct {
  constructor(scope: Construct, id: string, props: JobLogsProps) {
    super(scope, id);
    Properties.need(this, props, 'encryptionKey');
    const { encryptionKey, kinds = JOB_KINDS, retentionDays = DEFAULT_JOB_LOG_DAYS, removal } = props;
    const properties = Properties.of(this)
      .known({ kinds }, 'kinds')
      .oneOf('retentionDays', retentionDays, LOG_RETENTION_DAYS);
    properties.throwIfInvalid();
    kinds.forEach((kind, index) => {
      const at = `kinds[${index}]`;
      properties.known({ [at]: kind }, at).oneOf(at, kind, LOG_KINDS);
    });
    properties.throwIfInvalid();
    encryptionKey.allowLogs();
    for (const kind of kinds) {
      const group = new CloudwatchLogGroup(this, kind, {
        name: claimPhysicalName(this, { ...LOG_GROUP, property: 'ownsLogGroups' }, sageMakerLogGroup(kind)),
        retentionInDays: retentionDays,
        kmsKeyId: encryptionKey.keyArn,
        skipDestroy: !mayDestroy(this, removal),
        lifecycle: keepData(this, removal),
      });
      if (!Token.isUnresolved(retentionDays) && retentionDays < DEFAULT_JOB_LOG_DAYS) {
        waive(group, 'a retention below one year is set explicitly', 'CKV_AWS_338');
      }
    }
  }
}
