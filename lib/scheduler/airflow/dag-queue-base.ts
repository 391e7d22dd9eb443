import type { IConstruct } from 'constructs';
import type { IGrantable } from '../../iam/statement';

/**
 * A FIFO queue that starts one DAG, as an asset watcher reads it. A message is `{ dag_id, run_id, cause, started_by, conf }`; its
 * `run_id` is the same however often it is sent.
 */
export interface IDagQueue extends IConstruct {
  readonly dagId: string;
  readonly queueName: string;
  readonly queueArn: string;
  readonly queueUrl: string;
  /** Allows `sqs:SendMessage`, and encryption with the queue's key. */
  grantSend(grantee: IGrantable): void;
}
