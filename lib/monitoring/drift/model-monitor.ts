import { SagemakerDataQualityJobDefinition } from '@cdktf/provider-aws/lib/sagemaker-data-quality-job-definition';
import { SagemakerMonitoringSchedule } from '@cdktf/provider-aws/lib/sagemaker-monitoring-schedule';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import { NAME } from '../../core/text-pattern';
import type { Role } from '../../iam/role';
import type { IGrantable } from '../../iam/statement';
import { allowImages, PULL_ACTIONS } from '../../registry/image-registry';
import { CaptureSource } from '../../serving/captured/capture-source';
import type { IEndpoint } from '../../serving/endpoint/endpoint-base';
import { ContentName } from '../../serving/model/content-name';
import type { IBucket } from '../../storage/bucket-base';
import { MANIFEST_KEY } from '../../training/data/data-limits';
import type { ITrainingWorkspace } from '../../training/sagemaker/workspace';
import { DEFAULT_VOLUME_GB } from '../../training/training-limits';
import {
  ANALYZER,
  ANALYZER_ACCOUNTS,
  EVERY_HOURS,
  JOB_DEFINITION,
  MODEL_MONITOR_CLOSED,
  MONITOR_MINUTES,
  MONITORING_SCHEDULE,
} from './model-monitor-limits';

/** Folders of its container, as the SDK names them. */
const [INPUT, OUTPUT] = ['/opt/ml/processing/input/endpoint', '/opt/ml/processing/output'] as const;
/** AWS's documents spell the namespace of the analyzer's metrics in three ways. */
const NAMESPACES = ['aws/sagemaker/Endpoints/data-metric*', '/aws/sagemaker/Endpoints/data-metric*'];

/** Files of a baseline of Model Monitor, which its `suggest_baseline` writes. */
export interface ModelMonitorBaseline {
  readonly bucket: IBucket;
  /** Key of `statistics.json`. */
  readonly statistics: string;
  /** Key of `constraints.json`. */
  readonly constraints: string;
}

export interface ModelMonitorProps {
  /** Says that the account used Model Monitor before 30 July 2026: AWS refuses every other one. */
  readonly existingCustomer: true;
  /** Name after the stack's prefix, and folder in the workspace's bucket. */
  readonly name: string;
  /** Where its jobs run. */
  readonly workspace: ITrainingWorkspace;
  /** One of the workspace's types, e.g. `ml.m5.xlarge`. */
  readonly instanceType: string;
  /** An endpoint that captures requests and answers. */
  readonly endpoint: IEndpoint;
  readonly baseline: ModelMonitorBaseline;
  /** Hours from one run to the next, from midnight UTC on: 1 to 24. @default 24 */
  readonly everyHours?: number;
  /** Minutes until a run is stopped, at most those of the workspace: 1 to 60 of an hourly one, else 1 to 1440. @default 60 */
  readonly maxRuntimeMinutes?: number;
}

/**
 * SageMaker Model Monitor on the data that an endpoint captures, for accounts that have it: AWS closed it to new customers on
 * 30 July 2026, adds nothing to it, and names programs of one's own in its place. {@link DriftMonitor} is that, for everybody.
 *
 * It compares each column with the constraints of the baseline, without a test of chance or a guard on few rows, and writes
 * `constraint_violations.json` below `reportsUri`. It publishes metrics by column if the baseline's constraints have
 * `emit_metrics: Enabled`. There is no alarm on them: AWS's documents contradict one another on their names; take an alarm of your
 * own on what you see in CloudWatch, and `Source.alarm` for a retraining.
 *
 * Makes a role, a definition of jobs, which is immutable and named after its content, and a schedule, which goes over to a new
 * definition without a gap. Costs nothing at rest; each run costs its instance by the second. Destroying it removes all but
 * the reports; a run that is under way goes on.
 */
export class ModelMonitor extends Construct {
  /** Role of its jobs. */
  public readonly role: Role;
  public readonly scheduleName: string;
  /** `s3://` URI of the folder of its reports, by endpoint, schedule and hour. */
  public readonly reportsUri: string;
  private readonly props: ModelMonitorProps;

  constructor(scope: Construct, id: string, props: ModelMonitorProps) {
    super(scope, id);
    const all = ['existingCustomer', 'name', 'workspace', 'instanceType', 'endpoint', 'baseline'] as const;
    Properties.need(this, props, ...all);
    this.validate(props);
    this.props = props;
    const { workspace, endpoint, baseline, name } = props;
    this.reportsUri = `${workspace.uriOf('model-monitor', name)}/`;
    this.role = workspace.newJobRole(this, 'Role');
    CaptureSource.endpoint(endpoint).grantRead(this.role);
    for (const key of [baseline.statistics, baseline.constraints]) baseline.bucket.grantRead(this.role, key);
    workspace.bucket.grantWrite(this.role, `model-monitor/${name}/*`);
    this.allowAnalyzer();
    this.scheduleName = this.makeSchedule(this.makeDefinition()).name;
  }

  /** Allows reading the reports, as `IBucket.grantRead` does. */
  public grantReadReports(grantee: IGrantable): void {
    this.props.workspace.bucket.grantRead(grantee, `model-monitor/${this.props.name}/*`);
  }

  private allowAnalyzer(): void {
    const { account, region } = this.registry;
    allowImages(this.role, Aws.of(this).arn('ecr', `repository/${ANALYZER}`, { account, region }), PULL_ACTIONS);
    this.role.addToPolicy({
      actions: ['cloudwatch:PutMetricData'],
      resources: ['*'], // CloudWatch names no resource of a metric, only its namespace
      conditions: { StringLike: { 'cloudwatch:namespace': NAMESPACES } },
    });
  }

  private makeDefinition(): SagemakerDataQualityJobDefinition {
    const { workspace, endpoint, baseline, instanceType, name } = this.props;
    const { account, region } = this.registry;
    const { bucket, statistics, constraints } = baseline;
    const uriOf = (key: string) => ({ s3Uri: `s3://${bucket.bucketName}/${key}` });
    const content = {
      roleArn: this.role.roleArn,
      dataQualityAppSpecification: {
        imageUri: `${account}.dkr.ecr.${region}.${Aws.of(this).urlSuffix}/${ANALYZER}`,
        environment: { publish_cloudwatch_metrics: 'Enabled' },
      },
      dataQualityBaselineConfig: { statisticsResource: uriOf(statistics), constraintsResource: uriOf(constraints) },
      dataQualityJobInput: {
        endpointInput: {
          endpointName: endpoint.endpointName,
          localPath: INPUT,
          s3InputMode: 'File',
          s3DataDistributionType: 'FullyReplicated',
        },
      },
      dataQualityJobOutputConfig: {
        kmsKeyId: workspace.encryptionKey.keyArn,
        monitoringOutputs: { s3Output: { s3Uri: this.reportsUri, localPath: OUTPUT, s3UploadMode: 'EndOfJob' } },
      },
      jobResources: {
        clusterConfig: {
          instanceCount: 1,
          instanceType,
          volumeSizeInGb: DEFAULT_VOLUME_GB,
          volumeKmsKeyId: workspace.volumeKeyFor(instanceType),
        },
      },
      networkConfig: {
        enableInterContainerTrafficEncryption: false,
        enableNetworkIsolation: false, // it publishes metrics
        vpcConfig: {
          securityGroupIds: [...workspace.vpcConfig.SecurityGroupIds],
          subnets: workspace.vpcConfig.Subnets as string[],
        },
      },
      stoppingCondition: { maxRuntimeInSeconds: this.runtimeMinutes * 60 },
    };
    const { value } = new ContentName(this, 'DefinitionName', { kind: JOB_DEFINITION, name, content });
    return new SagemakerDataQualityJobDefinition(this, 'Definition', {
      name: value,
      ...content,
      lifecycle: { createBeforeDestroy: true },
    });
  }

  private makeSchedule(definition: SagemakerDataQualityJobDefinition): SagemakerMonitoringSchedule {
    return new SagemakerMonitoringSchedule(this, 'Schedule', {
      name: physicalName(this, MONITORING_SCHEDULE, this.props.name),
      monitoringScheduleConfig: {
        monitoringJobDefinitionName: definition.name,
        monitoringType: 'DataQuality',
        scheduleConfig: { scheduleExpression: cronOf(this.everyHours) },
      },
      dependsOn: [this.role.node.findChild('Policy') as never],
    });
  }

  private get everyHours(): number {
    return this.props.everyHours ?? EVERY_HOURS.max;
  }

  private get runtimeMinutes(): number {
    return this.props.maxRuntimeMinutes ?? Math.min(MONITOR_MINUTES.hourly, this.props.workspace.maxRuntimeMinutes);
  }

  private get registry(): { readonly account: string; readonly region: string } {
    const { region } = Aws.of(this);
    return { account: ANALYZER_ACCOUNTS[region]!, region };
  }

  private validate(props: ModelMonitorProps): void {
    const { workspace, baseline, everyHours = EVERY_HOURS.max, instanceType } = props;
    Properties.of(this)
      .known(props, 'existingCustomer', 'name', 'instanceType', 'everyHours', 'maxRuntimeMinutes')
      .present(baseline, 'bucket', 'statistics', 'constraints')
      .throwIfInvalid();
    const { region } = Aws.of(this);
    const properties = Properties.of(this)
      .require(
        props.existingCustomer === true,
        `'existingCustomer' must be true, got ${props.existingCustomer}: AWS takes no new customers of Model Monitor since ${MODEL_MONITOR_CLOSED}; make a DriftMonitor`,
      )
      .require(
        !Token.isUnresolved(region) && Object.hasOwn(ANALYZER_ACCOUNTS, region),
        `the region must be one with Model Monitor, ${Object.keys(ANALYZER_ACCOUNTS).join(', ')}, got ${Token.isUnresolved(region) ? 'a token' : region}; make a DriftMonitor`,
      )
      .matches('name', props.name, NAME)
      .oneOf('instanceType', instanceType, workspace.instanceTypes)
      .integer('everyHours', everyHours, EVERY_HOURS)
      .integer('maxRuntimeMinutes', props.maxRuntimeMinutes, {
        min: 1,
        max: Math.min(workspace.maxRuntimeMinutes, everyHours === 1 ? MONITOR_MINUTES.hourly : MONITOR_MINUTES.daily),
      });
    for (const name of ['statistics', 'constraints'] as const) {
      const meaning = `the key of an object such as baselines/churn/${name}.json`;
      properties.matches(`baseline.${name}`, baseline[name], { ...MANIFEST_KEY, meaning });
    }
    properties.throwIfInvalid();
  }
}

/** The three forms that Model Monitor takes. */
function cronOf(hours: number): string {
  if (hours === 1) return 'cron(0 * ? * * *)';
  return hours === 24 ? 'cron(0 0 ? * * *)' : `cron(0 0/${hours} ? * * *)`;
}
