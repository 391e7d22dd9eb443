import { Construct, type IConstruct } from 'constructs';
import { Aws } from '../../aws/aws';
import type { IKey } from '../../encryption/key';
import type { IRole } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import type { Connections, IConnectable } from '../../network/connections';

/** An Airflow environment as other modules see it; `connections` are those of its tasks and of its web server. */
export interface IManagedAirflow extends IConstruct, IConnectable {
  readonly airflowName: string;
  readonly airflowArn: string;
  /** Version of Airflow, e.g. `3.0.6`. */
  readonly version: string;
  /** What DAGs may do: grant it what their tasks call. */
  readonly role: IRole;
  /** Key of its bucket, logs and queues. */
  readonly encryptionKey: IKey;
  /**
   * Allows looking at DAGs, runs and logs in the web server and by the API: `airflow:CreateWebLoginToken`,
   * `airflow:InvokeRestApi` with Airflow's role Viewer, and `airflow:GetEnvironment`. The web server and the API answer only
   * inside the VPC.
   */
  grantRead(grantee: IGrantable): void;
  /**
   * Allows running the DAGs: pausing, starting, clearing. `airflow:CreateWebLoginToken`, `airflow:InvokeRestApi` with
   * Airflow's role Op, and `airflow:GetEnvironment`. Whoever starts a DAG makes its tasks act with the role of the environment.
   */
  grantOperate(grantee: IGrantable): void;
}

/** Grants of every environment. */
export abstract class AirflowBase extends Construct implements IManagedAirflow {
  public abstract readonly airflowName: string;
  public abstract readonly airflowArn: string;
  public abstract readonly version: string;
  public abstract readonly role: IRole;
  public abstract readonly encryptionKey: IKey;
  public abstract readonly connections: Connections;

  public grantRead(grantee: IGrantable): void {
    this.allowAs(grantee, 'Viewer');
  }

  public grantOperate(grantee: IGrantable): void {
    this.allowAs(grantee, 'Op');
  }

  private allowAs(grantee: IGrantable, airflowRole: 'Viewer' | 'Op'): void {
    grantee.addToPolicy({
      actions: ['airflow:CreateWebLoginToken', 'airflow:InvokeRestApi'],
      resources: [Aws.of(this).arn('airflow', `role/${this.airflowName}/${airflowRole}`)],
    });
    grantee.addToPolicy({ actions: ['airflow:GetEnvironment'], resources: [this.airflowArn] });
  }
}
