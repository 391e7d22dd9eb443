import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { SCHEDULE } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';
import type { DataQualityGate } from './data-quality-gate';
import { GLUE_METRIC_NAMESPACE } from './quality-limits';

export interface GlueEvaluationProps {
  readonly gate: DataQualityGate;
}

/** A run that a schedule starts. */
export interface ScheduledRun {
  /** Encrypts the schedule. */
  readonly encryptionKey: IKey;
  /** Workers of 4 vCPU and 16 GB. */
  readonly workers: number;
  readonly timeoutMinutes: number;
}

/** Runs of a gate's ruleset in Glue: their role, and a schedule that starts them. Made by a `DataQualityGate`. */
export class GlueEvaluation extends Construct {
  public readonly role: Role;

  private readonly gate: DataQualityGate;

  constructor(scope: Construct, id: string, props: GlueEvaluationProps) {
    super(scope, id);
    Properties.need(this, props, 'gate');
    this.gate = props.gate;
    this.role = new Role(this, 'Role', {
      assumedBy: Principal.service('glue.amazonaws.com', Aws.of(this).account),
      description: 'Reads a table to evaluate its data quality',
    });
    this.allow();
  }

  /** Starts a run at each time of a schedule: six fields in UTC. */
  public startOn(scheduleExpression: string, { encryptionKey, workers, timeoutMinutes }: ScheduledRun): void {
    const { gate } = this;
    const { account, partition } = Aws.of(this);
    const caller = new Role(this, 'Caller', {
      assumedBy: Principal.service('scheduler.amazonaws.com', account),
      description: 'Starts evaluations of data quality',
    });
    gate.grantRun(caller);
    encryptionKey.grantDecrypt(caller); // of the schedule itself
    const { table, rulesetName } = gate;
    new SchedulerSchedule(this, 'Schedule', {
      name: physicalName(this, SCHEDULE),
      description: `Evaluates the data quality of ${table.tableName}`,
      scheduleExpression,
      kmsKeyArn: encryptionKey.keyArn,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: `arn:${partition}:scheduler:::aws-sdk:glue:startDataQualityRulesetEvaluationRun`,
        roleArn: caller.roleArn,
        input: JSON.stringify({
          DataSource: { GlueTable: { DatabaseName: table.zone.databaseName, TableName: table.tableName } },
          Role: this.role.roleArn,
          RulesetNames: [rulesetName],
          NumberOfWorkers: workers,
          Timeout: timeoutMinutes,
          ClientToken: '<aws.scheduler.execution-id>',
          AdditionalRunOptions: { CloudWatchMetricsEnabled: true, ResultsS3Prefix: gate.uriOf('glue') },
        }),
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
      },
    });
  }

  /** What Glue asks of the role of a run (Glue, IAM permissions for data quality). */
  private allow(): void {
    const { table, folder, workspace } = this.gate;
    const aws = Aws.of(this);
    table.grantRead(this.role);
    workspace.grantWrite(this.role, `${folder}/glue/*`);
    this.role.addToPolicy({
      actions: ['glue:GetDataQualityRuleset', 'glue:GetDataQualityRulesetEvaluationRun', 'glue:PublishDataQuality'],
      resources: [aws.arn('glue', 'dataQualityRuleset/*')], // a run is no resource, and its requests name no ruleset
    });
    this.role.addToPolicy({
      actions: ['s3:GetObject'], // the libraries of the service
      resources: [`${aws.arn('s3', `aws-glue-ml-data-quality-assets-${aws.region}`, { region: '', account: '' })}/*`],
    });
    this.role.addToPolicy({
      actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [aws.arn('logs', 'log-group:/aws-glue/*')],
    });
    this.role.addToPolicy({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'], // CloudWatch names no resource of a metric, only its namespace
      conditions: { StringEquals: { 'cloudwatch:namespace': GLUE_METRIC_NAMESPACE } },
    });
  }
}
