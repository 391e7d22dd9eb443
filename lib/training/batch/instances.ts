import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import { Token } from 'cdktf';
import { Construct } from 'constructs';
import { Aws } from '../../aws/aws';
import type { AwsNameKind } from '../../aws/name-kind';
import { physicalName } from '../../aws/physical-name';
import { Properties } from '../../core/properties';
import type { IKey } from '../../encryption/key';
import { Principal } from '../../iam/principal';
import { Role } from '../../iam/role';

const LAUNCH_TEMPLATE: AwsNameKind = { kind: 'launch template', maxLength: 125, uniqueIn: 'region' };
const INSTANCE_PROFILE: AwsNameKind = { kind: 'instance profile', maxLength: 128, uniqueIn: 'account' };
/**
 * Clusters that AWS Batch makes for its compute environments: `AWSBatch-<environment>-<uuid>`. Its service-linked role starts
 * tasks on clusters of this name only (`BatchServiceRolePolicy`).
 */
const CLUSTERS = 'AWSBatch-*';

/** What the instances of a pool are made with. */
export interface InstancesProps {
  /** Key of their volumes. */
  readonly encryptionKey: IKey;
  /** Gigabytes of the volume of each. */
  readonly volumeGb: number;
  /** Log group to which containers on them write. */
  readonly logGroupArn: string;
}

/**
 * How the instances of a pool are started: an encrypted volume, metadata by tokens only (IMDSv2), a role for the agent of ECS. It
 * makes a launch template, a role and an instance profile; they cost nothing, and are destroyed with the pool.
 *
 * A container of AWS Batch uses the network of its instance, so that it can reach the metadata and with it this role. The role
 * therefore allows what the agent does, and nothing else; the permissions of a job are in the role of the job.
 */
export class Instances extends Construct {
  public readonly instanceProfileArn: string;
  public readonly launchTemplateId: string;
  /** Number of the version, so that a change of the template reaches the pool in one deployment. */
  public readonly launchTemplateVersion: string;

  constructor(scope: Construct, id: string, props: InstancesProps) {
    super(scope, id);
    Properties.need(this, props, 'encryptionKey', 'volumeGb', 'logGroupArn');
    const role = this.agentRole(props.logGroupArn);
    const profile = new IamInstanceProfile(this, 'Profile', {
      name: physicalName(this, INSTANCE_PROFILE),
      role: role.roleName,
    });
    this.instanceProfileArn = profile.arn;
    props.encryptionKey.allowInstances();
    const template = new LaunchTemplate(this, 'Template', {
      name: physicalName(this, LAUNCH_TEMPLATE),
      updateDefaultVersion: true,
      metadataOptions: {
        httpEndpoint: 'enabled', // the agent of ECS needs it
        httpTokens: 'required',
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: 'disabled',
      },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda', // of Amazon Linux 2023
          ebs: {
            encrypted: 'true',
            kmsKeyId: props.encryptionKey.keyArn,
            volumeSize: props.volumeGb,
            volumeType: 'gp3',
            deleteOnTermination: 'true',
          },
        },
      ],
    });
    this.launchTemplateId = template.id;
    this.launchTemplateVersion = Token.asString(template.latestVersion);
  }

  private agentRole(logGroupArn: string): Role {
    const aws = Aws.of(this);
    const role = new Role(this, 'Role', {
      assumedBy: Principal.service('ec2.amazonaws.com'),
      description: 'The agent of ECS on instances of AWS Batch',
    });
    role.addToPolicy({
      actions: ['ecs:DiscoverPollEndpoint'],
      resources: ['*'], // it has no resources
    });
    role.addToPolicy({
      actions: [
        'ecs:RegisterContainerInstance',
        'ecs:DeregisterContainerInstance',
        'ecs:SubmitAttachmentStateChanges',
        'ecs:SubmitContainerStateChange',
        'ecs:SubmitTaskStateChange',
      ],
      resources: [aws.arn('ecs', `cluster/${CLUSTERS}`)],
    });
    role.addToPolicy({
      actions: ['ecs:Poll', 'ecs:StartTelemetrySession', 'ecs:UpdateContainerInstancesState'],
      resources: [aws.arn('ecs', `container-instance/${CLUSTERS}`)],
    });
    // the log driver of an instance writes with the role of the instance
    role.addToPolicy({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [`${logGroupArn}:*`] });
    return role;
  }
}
