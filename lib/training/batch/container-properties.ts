import { digitsOf } from '../../core/cdktf/token-values';

/*
 * `ContainerProperties` of a job definition (AWS Batch API), as far as this library uses it. Terraform takes it as a text and
 * checks nothing in it: an unknown key, or none at all, passes its plan.
 */

/** A name with a value. */
interface NameValue {
  readonly name: string;
  readonly value: string;
}

/** An environment variable with the value of a secret. */
interface Secret {
  readonly name: string;
  readonly valueFrom: string;
}

/** A folder of an EFS file system, for containers that mount it. */
export interface EfsVolume {
  readonly name: string;
  readonly efsVolumeConfiguration: {
    readonly fileSystemId: string;
    readonly rootDirectory: '/';
    readonly transitEncryption: 'ENABLED';
    readonly authorizationConfig: { readonly accessPointId: string; readonly iam: 'ENABLED' };
  };
}

/** Where a container has a volume. */
export interface MountPoint {
  readonly containerPath: string;
  readonly readOnly: boolean;
  readonly sourceVolume: string;
}

/** What a container is allowed to use of its host. */
interface ResourceRequirement {
  readonly type: 'VCPU' | 'MEMORY' | 'GPU';
  readonly value: string;
}

/** The container of a job definition. */
export interface ContainerProperties {
  readonly image: string;
  readonly command: readonly string[];
  readonly jobRoleArn: string;
  readonly executionRoleArn: string;
  readonly resourceRequirements: readonly ResourceRequirement[];
  readonly environment: readonly NameValue[];
  readonly secrets: readonly Secret[];
  readonly volumes: readonly EfsVolume[];
  readonly mountPoints: readonly MountPoint[];
  readonly readonlyRootFilesystem: boolean;
  readonly privileged: false | undefined;
  readonly user: string | undefined;
  readonly linuxParameters: { readonly sharedMemorySize: number } | undefined;
  readonly logConfiguration: {
    readonly logDriver: 'awslogs';
    readonly options: Readonly<Record<'awslogs-group' | 'awslogs-region' | 'awslogs-stream-prefix', string>>;
  };
  readonly networkConfiguration: { readonly assignPublicIp: 'DISABLED' } | undefined;
  readonly fargatePlatformConfiguration: { readonly platformVersion: string } | undefined;
  readonly ephemeralStorage: { readonly sizeInGiB: number } | undefined;
}

/** The resources of a container, each as a text. */
export function resourceRequirements(vcpus: number, memoryMib: number, gpus: number): ResourceRequirement[] {
  const requirements: ResourceRequirement[] = [
    { type: 'VCPU', value: digitsOf(vcpus) },
    { type: 'MEMORY', value: digitsOf(memoryMib) },
  ];
  return gpus === 0 ? requirements : [...requirements, { type: 'GPU', value: digitsOf(gpus) }];
}
