import { SagemakerMlflowTrackingServer } from '@cdktf/provider-aws/lib/sagemaker-mlflow-tracking-server';
import type { Construct } from 'constructs';
import { lastPartOfArn } from '../aws/arn-parts';
import { ARN } from '../aws/arns';
import { Aws } from '../aws/aws';
import { physicalName } from '../aws/physical-name';
import { Properties } from '../core/properties';
import { published } from '../core/published';
import { keepData, type Removal } from '../core/removal';
import { NAME } from '../core/text-pattern';
import { Principal } from '../iam/principal';
import { Role } from '../iam/role';
import type { IBucket } from '../storage/bucket';
import { DATA_PREFIX } from '../training/data/data-limits';
import { AwakeSchedule } from './awake-schedule';
import { type ArtifactStore, type IMlflowTracking, MlflowTrackingBase } from './mlflow-tracking-base';
import {
  DEFAULT_ARTIFACT_FOLDER,
  DEFAULT_MAINTENANCE_WINDOW,
  DEFAULT_TRACKING_SIZE,
  MAINTENANCE_WINDOW,
  MLFLOW_VERSION,
  TRACKING_PARTITIONS,
  TRACKING_SERVER,
  TRACKING_SIZES,
  type TrackingSize,
} from './tracking-limits';
import type { WorkingHours } from './working-hours';

export type { ArtifactStore, IMlflowTracking } from './mlflow-tracking-base';

/** Names of the sizes in the API. */
const SIZES = { small: 'Small', medium: 'Medium', large: 'Large' } as const;

export interface MlflowTrackingProps {
  /** Bucket of the artifacts, e.g. that of the training workspace. Its key encrypts them. */
  readonly bucket: IBucket;
  /** Folder of the artifacts in the bucket. Another folder is for new experiments: those that exist keep theirs. @default mlflow */
  readonly folder?: string;
  /** Name after the stack's prefix: lower-case letters, digits and single hyphens. Another name replaces the server. @default - from the construct's path */
  readonly name?: string;
  /** For up to 25, 50 or 100 users; changes in place. @default small */
  readonly size?: TrackingSize;
  /**
   * Major and minor version of MLflow, such as `3.0`, which clients should have too. Another version replaces the server with every
   * run that it has.
   * @default - the newest that SageMaker offers when the server is made
   */
  readonly mlflowVersion?: string;
  /** Hours in which the server runs, and is charged for. @default - always */
  readonly awake?: WorkingHours;
  /**
   * Beginning of the weekly maintenance in UTC: `Sun:03:00`.
   * @default - Sun:03:00; with `awake` shortly before the end of its last day, since a stopped server is not maintained for sure
   */
  readonly maintenanceWindow?: string;
  /** Whether the server may be destroyed with every run that it has: see `mayDestroy`. @default retain */
  readonly removal?: Removal;
}

/** An existing server, e.g. of another stack. */
export interface MlflowTrackingAttributes {
  /** `arn:<partition>:sagemaker:<region>:<account>:mlflow-tracking-server/<name>`. */
  readonly trackingServerArn: string;
  /** Where its artifacts are. @default - not known: only {@link IMlflowTracking.grantOpen} is possible */
  readonly artifacts?: ArtifactStore;
}

/**
 * Experiments, runs and models in a tracking server of MLflow that SageMaker runs. Clients call its API with their own
 * permissions, signed by IAM, and read and write artifacts in S3 themselves. Models are not copied into the model package groups
 * of SageMaker: pipelines register there what passed their gate.
 *
 * Makes the server, the role with which it lists and shows artifacts, and with `awake` two schedules that start and stop it. SageMaker encrypts
 * what it stores of runs with a key of its own, and offers no other; artifacts have the key of their bucket. The server takes up to 25
 * minutes to create, and to start.
 *
 * Costs each hour that the server runs by its size, whether it is used or not, and the gigabyte-months of runs and artifacts; a stopped
 * server costs its storage only. SageMaker refuses to update a stopped server: a change of size, folder, or maintenance
 * window is deployed within its hours, or after `aws sagemaker start-mlflow-tracking-server`. Without `awake`, a server that its hours
 * have stopped is started once by hand.
 *
 * Destroyed with `removal: destroy` of both stack and server: every run goes with it. Artifacts stay in the bucket.
 */
export class MlflowTracking extends MlflowTrackingBase {
  /**
   * An existing server.
   *
   * @throws InputError if `trackingServerArn` is not the ARN of a tracking server
   */
  public static fromTrackingServerAttributes(
    scope: Construct,
    id: string,
    attributes: MlflowTrackingAttributes,
  ): IMlflowTracking {
    Properties.of(`${scope.node.path}/${id}`)
      .present(attributes, 'trackingServerArn')
      .matches('trackingServerArn', attributes?.trackingServerArn, ARN.trackingServer)
      .matches('artifacts.folder', attributes?.artifacts?.folder, DATA_PREFIX)
      .throwIfInvalid();
    class Import extends MlflowTrackingBase {
      public readonly trackingServerArn = attributes.trackingServerArn;
      public readonly trackingServerName = lastPartOfArn(attributes.trackingServerArn);
      public readonly artifacts = attributes.artifacts;
    }
    return new Import(scope, id);
  }

  public readonly trackingServerName: string;
  public readonly trackingServerArn: string;
  public readonly artifacts: ArtifactStore;
  /** With which the server reads and writes artifacts. Another role replaces the server. */
  public readonly role: Role;
  /** The underlying server. */
  public readonly resource: SagemakerMlflowTrackingServer;

  constructor(scope: Construct, id: string, props: MlflowTrackingProps) {
    super(scope, id);
    this.validate(props);

    const { bucket, folder = DEFAULT_ARTIFACT_FOLDER, size = DEFAULT_TRACKING_SIZE, awake, removal } = props;
    this.artifacts = { bucket, folder };
    const name = physicalName(this, TRACKING_SERVER, props.name);
    this.role = this.makeRole(this.artifacts);
    this.resource = new SagemakerMlflowTrackingServer(this, 'Resource', {
      trackingServerName: name,
      artifactStoreUri: `s3://${bucket.bucketName}/${folder}`,
      trackingServerSize: SIZES[size],
      mlflowVersion: props.mlflowVersion,
      roleArn: this.role.roleArn,
      automaticModelRegistration: false, // a model is registered by its pipeline, once it passed the gate
      weeklyMaintenanceWindowStart: props.maintenanceWindow ?? awake?.maintenanceWindow ?? DEFAULT_MAINTENANCE_WINDOW,
      lifecycle: keepData(this, removal),
      dependsOn: [this.role.policy], // the server checks it when it is made
    });
    this.trackingServerName = published(this, this.resource.trackingServerName, name);
    const arn = Aws.of(this).arn('sagemaker', `mlflow-tracking-server/${name}`);
    this.trackingServerArn = published(this, this.resource.arn, arn);
    if (awake) {
      const { trackingServerName, trackingServerArn } = this;
      new AwakeSchedule(this, 'Awake', { trackingServerName, trackingServerArn, hours: awake });
    }
  }

  private makeRole({ bucket, folder }: ArtifactStore): Role {
    const role = new Role(this, 'Role', {
      assumedBy: Principal.service('sagemaker.amazonaws.com', Aws.of(this).account),
      description: 'Reads and writes artifacts for the tracking server',
    });
    bucket.grantRead(role, `${folder}/*`);
    bucket.grantWrite(role, `${folder}/*`);
    return role;
  }

  private validate(props: MlflowTrackingProps): void {
    Properties.need(this, props, 'bucket');
    const { partition } = Aws.of(this).known;
    Properties.of(this)
      .known(props, 'folder', 'name')
      .matches('folder', props.folder, DATA_PREFIX)
      .matches('name', props.name, NAME)
      .oneOf('size', props.size, TRACKING_SIZES)
      .matches('mlflowVersion', props.mlflowVersion, MLFLOW_VERSION)
      .matches('maintenanceWindow', props.maintenanceWindow, MAINTENANCE_WINDOW)
      .require(
        partition === undefined || TRACKING_PARTITIONS.some((known) => known === partition),
        `must be in one of the partitions ${TRACKING_PARTITIONS.join(', ')}, which clients of the server know, got ${partition}; run MLflow yourself there`,
      )
      .throwIfInvalid();
  }
}
