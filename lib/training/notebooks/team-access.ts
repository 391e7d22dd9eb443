import { Aws } from '../../aws/aws';
import { escaped } from '../../core/text-pattern';
import type { IGrantable, PolicyConditions } from '../../iam/statement';
import type { ITrainingWorkspace } from '../sagemaker/workspace';
import { sageMakerLogGroup } from '../training-limits';

/** Log group of the apps of all domains of an account and region. */
const STUDIO_LOG_GROUP = sageMakerLogGroup('studio');
/** The profile whose app makes the call: SageMaker gives this variable to each session (`AmazonSageMakerFullAccess`). */
const ITSELF = escaped('${sagemaker:UserProfileName}');

/** A team in a domain. */
export interface TeamAccess {
  readonly domainId: string;
  /** Names of the profiles of the team. */
  readonly profiles: readonly string[];
  /** Types on which its apps may run. */
  readonly instanceTypes: readonly string[];
}

/**
 * Allows the role of a team what its people do in Studio: each opens the own profile, and makes, starts and stops private
 * spaces and apps of the own, on the types of the team. The people of a team share the role, so that the profile of the
 * session tells one from another. A space with remote access would let a program outside the network read what the space
 * reads, and is not allowed.
 */
export function allowStudio(role: IGrantable, { domainId, profiles, instanceTypes }: TeamAccess): void {
  const arnOf = (resource: string) => Aws.of(role).arn('sagemaker', resource);
  const profile = (name: string) => arnOf(`user-profile/${domainId}/${name}`);
  const [spaces, apps] = [arnOf(`space/${domainId}/*`), arnOf(`app/${domainId}/*`)];
  const own: PolicyConditions = {
    ArnLike: { 'sagemaker:OwnerUserProfileArn': profile(ITSELF) },
    StringEquals: { 'sagemaker:SpaceSharingType': 'Private' },
  };
  const allow = (actions: readonly string[], resources: readonly string[], conditions?: PolicyConditions) =>
    role.addToPolicy({ actions: actions.map((action) => `sagemaker:${action}`), resources, conditions });

  allow(['ListApps', 'ListSpaces'], ['*']); // SageMaker limits no listing to resources
  allow(['DescribeDomain'], [arnOf(`domain/${domainId}`)]);
  allow(['DescribeUserProfile'], profiles.map(profile));
  allow(['CreatePresignedDomainUrl'], [profile(ITSELF)]);
  allow(['DescribeApp', 'DescribeSpace'], [apps, spaces]);
  allow(['CreateSpace', 'UpdateSpace'], [spaces], {
    ...own,
    'ForAllValues:StringEquals': { 'sagemaker:InstanceTypes': instanceTypes },
    StringNotEquals: { 'sagemaker:RemoteAccess': 'ENABLED' },
  });
  allow(['CreateApp'], [apps], { ...own, 'ForAllValues:StringEquals': { 'sagemaker:InstanceTypes': instanceTypes } });
  allow(['DeleteApp', 'DeleteSpace'], [apps, spaces], own);
  allow(['AddTags'], [apps, spaces], { Null: { 'sagemaker:TaggingAction': 'false' } }); // only while it is created
}

/** Allows what apps do themselves: their logs, volumes with the key, and the team's folder in the workspace. */
export function allowApps(role: IGrantable, workspace: ITrainingWorkspace, folder: string): void {
  const { bucket, encryptionKey } = workspace;
  const logs = Aws.of(role).arn('logs', `log-group:${STUDIO_LOG_GROUP}`);
  role.addToPolicy({
    actions: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    resources: [logs, `${logs}:log-stream:*`],
  });
  // SageMaker passes the key to EC2 and EFS by a grant
  role.addToPolicy({
    actions: ['kms:CreateGrant'],
    resources: [encryptionKey.keyArn],
    conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
  });
  bucket.grantRead(role, `${folder}/*`);
  bucket.grantWrite(role, `${folder}/*`);
  bucket.grantDelete(role, `${folder}/*`);
}
