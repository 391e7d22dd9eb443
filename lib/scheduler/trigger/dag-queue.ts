import type { IConstruct } from 'constructs';
import type { IGrantable } from '../../iam/statement';

/**
 * A queue from which an Airflow starts DAGs, as an asset watcher reads it. A message is
 * `{ dag_id, run_id, cause, started_by, conf }`; SQS may deliver it twice, so that `run_id` must be the id of the run.
 */
export interface IDagQueue extends IConstruct {
  readonly queueName: string;
  readonly queueArn: string;
  readonly queueUrl: string;
  /** Allows `sqs:SendMessage`, and encryption with the queue's key. */
  grantSend(grantee: IGrantable): void;
}
