import type { IConstruct } from 'constructs';
import type { IGrantable } from '../../iam/statement';

/** A queue in order that starts one DAG, whose asset watcher reads it: each message is a `DagMessage`, in a message group. */
export interface IDagQueue extends IConstruct {
  readonly dagId: string;
  readonly queueName: string;
  readonly queueArn: string;
  readonly queueUrl: string;
  /** Allows `sqs:SendMessage`, and the key as `IKey.grantEncrypt` and `IKey.grantDecrypt` do. */
  grantSend(grantee: IGrantable): void;
}
