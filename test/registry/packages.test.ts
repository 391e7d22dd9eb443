import { TerraformOutput } from 'cdktf';
import { AwsStack } from '../../lib/aws/aws-stack';
import { Key } from '../../lib/encryption/key';
import type { IModelPackageGroup, ModelPackageGroupProps } from '../../lib/registry/packages/model-package-group';
import { ModelPackageGroup } from '../../lib/registry/packages/model-package-group';
import { PackageInbox } from '../../lib/registry/packages/package-inbox';
import { METADATA_LIMITS, missingMetadata, REQUIRED_METADATA } from '../../lib/registry/packages/package-limits';
import { PackagePromotion } from '../../lib/registry/packages/package-promotion';
import { Bucket } from '../../lib/storage/bucket';
import { Policy, Template, testApp } from '../../lib/testing';
import { lintPolicies } from '../support/iam-lint';
import { ACME, acmeStack, keyIn, roleIn, TWO_KEYS } from '../support/stack';

type Stack = ReturnType<typeof acmeStack>;

function groupIn(s: Stack, props: Partial<ModelPackageGroupProps> = {}): ModelPackageGroup {
  return new ModelPackageGroup(s, 'Churn', { name: 'churn', ...props });
}

const GROUP = 'arn:aws:sagemaker:eu-north-1:111122223333:model-package-group/acme-dev-churn';
const PACKAGES = 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-dev-churn/*';
const STATUS = 'sagemaker:ModelApprovalStatus';
const metadata = (key: string) => `sagemaker:CustomerMetadataProperties/${key}`;

/** The policy of a role with a grant of an existing group, whose ARN is a literal. */
function granted(grant: 'grantRegister' | 'grantRead' | 'grantApprove'): Policy {
  const s = acmeStack();
  const role = roleIn(s);
  ModelPackageGroup.fromModelPackageGroupAttributes(s, 'Churn', { packageGroupArn: GROUP })[grant](role);
  return Template.synth(s).policyOf(role);
}

describe('a model package group with all defaults', () => {
  const s = acmeStack();
  const group = groupIn(s);
  group.shareArtifacts(new Bucket(s, 'Files'), '*');
  const template = Template.synth(s);

  test('has the prefix in its name, cannot be destroyed, and keeps the description it was made with', () => {
    expect(template.one('aws_sagemaker_model_package_group')).toMatchObject({
      model_package_group_name: 'acme-dev-churn',
      lifecycle: { prevent_destroy: true, ignore_changes: ['model_package_group_description'] },
    });
  });

  test('is shared with no other account, nor are files', () => {
    expect(template.all('aws_sagemaker_model_package_group_policy')).toEqual([]);
    expect(template.one('aws_s3_bucket_policy').policy).not.toContain('s3:GetObject');
  });

  test('says who answers for a version, of which data, code and licence it is, what it measured and promises', () => {
    expect(group.requiredMetadata).toEqual([
      'owner',
      'dataVersion',
      'codeVersion',
      'metrics',
      'baseModelLicence',
      'contract',
    ]);
  });

  test('has an approver whom IAM policies of the account let in', () => {
    const { assume_role_policy } = template.resource(group.approver.node.findChild('Resource'));
    expect(JSON.parse(assume_role_policy).Statement).toEqual([
      {
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::111122223333:root'] },
        Action: ['sts:AssumeRole'],
      },
    ]);
    expect(template.policyOf(group.approver).allowsAny({ actions: 'sagemaker:UpdateModelPackage' })).toBe(true);
  });
});

test.each(TWO_KEYS)('stack %s and group %s: the group may be destroyed: %s', (ofStack, removal, goes) => {
  const s = acmeStack({ removal: ofStack });
  groupIn(s, { removal });
  const { lifecycle } = Template.synth(s).one('aws_sagemaker_model_package_group');
  expect(lifecycle.prevent_destroy).toBe(goes ? undefined : true);
});

describe('with every property', () => {
  const s = acmeStack({ removal: 'destroy' });
  const encryptionKey = keyIn(s);
  const files = new Bucket(s, 'Files', { encryptionKey });
  const group = groupIn(s, {
    description: 'Who leaves',
    furtherMetadata: ['ticket'],
    readerAccounts: ['444455556666', '777788889999'],
    approverArns: ['arn:aws:iam::111122223333:role/reviewers'],
    removal: 'destroy',
  });
  group.shareArtifacts(files, 'churn/output/*');
  const template = Template.synth(s);
  const accounts = ['444455556666', '777788889999'];

  test('the approver may be assumed by the named roles only', () => {
    const { assume_role_policy } = template.resource(group.approver.node.findChild('Resource'));
    expect(JSON.parse(assume_role_policy).Statement[0].Principal).toEqual({
      AWS: ['arn:aws:iam::111122223333:role/reviewers'],
    });
  });

  test('a further key must be there too', () => {
    const role = roleIn(s);
    group.grantRegister(role);
    const register = Template.synth(s)
      .policyOf(role)
      .statements.find(
        ({ effect, actions }) => effect === 'Allow' && actions?.includes('sagemaker:CreateModelPackage'),
      );
    expect(register?.conditions?.Null).toMatchObject({ [metadata('ticket')]: 'false', [metadata('owner')]: 'false' });
  });

  test.each(accounts)(
    'account %s reads packages and makes models of them, and neither registers nor approves',
    (account) => {
      const policy = Policy.parse(template.one('aws_sagemaker_model_package_group_policy').resource_policy);
      const group = { principal: account };
      expect(
        policy.allows({
          ...group,
          actions: ['sagemaker:DescribeModelPackage', 'sagemaker:ListModelPackages', 'sagemaker:CreateModel'],
        }),
      ).toBe(true);
      expect(policy.allows({ ...group, actions: 'sagemaker:DescribeModelPackageGroup' })).toBe(true);
      expect(
        policy.allowsAny({
          ...group,
          actions: ['sagemaker:*Update*', 'sagemaker:CreateModelPackage*', 'sagemaker:Delete*', 'sagemaker:Put*'],
        }),
      ).toBe(false);
    },
  );

  test.each(accounts)('account %s reads the shared files, lists only their names, and writes nothing', (account) => {
    const policy = template.policyOf(files);
    const file = `${files.bucketArn}/churn/output/job/model.tar.gz`;
    expect(policy.allows({ principal: account, actions: 's3:GetObject', resources: file })).toBe(true);
    expect(
      policy.allowsAny({
        principal: account,
        actions: 's3:GetObject',
        resources: `${files.bucketArn}/churn/reports/*`,
      }),
    ).toBe(false);
    expect(policy.allowsAny({ principal: account, actions: ['s3:Put*', 's3:Delete*'] })).toBe(false);
    const listing = policy.statements.find(
      ({ effect, actions }) => effect === 'Allow' && actions?.[0] === 's3:ListBucket',
    );
    expect(listing?.conditions).toEqual({ StringLike: { 's3:prefix': 'churn/output/*' } });
  });

  test.each(accounts)('account %s decrypts them through S3 only', (account) => {
    const policy = template.policyOf(encryptionKey);
    const viaS3 = { StringEquals: { 'kms:ViaService': 's3.eu-north-1.amazonaws.com' } };
    expect(policy.allows({ principal: account, actions: 'kms:Decrypt', conditions: viaS3 })).toBe(true);
    expect(policy.allowsAny({ principal: account, actions: ['kms:Encrypt', 'kms:CreateGrant'] })).toBe(false);
    const decrypt = policy.statements.filter(
      ({ actions, principals }) => actions?.includes('kms:Decrypt') && principals?.some((one) => one.includes(account)),
    );
    expect(decrypt.map(({ conditions }) => conditions)).toEqual([viaS3]);
  });

  test('names actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });
});

test('a folder that matches no key is not shared', () => {
  const s = acmeStack();
  const group = groupIn(s, { readerAccounts: ['444455556666'] });
  expect(() => group.shareArtifacts(new Bucket(s, 'Files'), 'churn/output/')).toThrow(
    "'prefix' must be a pattern of keys",
  );
});

test('files in an existing bucket with an existing key are shared by their own policies', () => {
  const s = acmeStack();
  const encryptionKey = Key.fromKeyArn(s, 'Key', 'arn:aws:kms:eu-north-1:111122223333:key/1234');
  const files = Bucket.fromBucketAttributes(s, 'Files', { bucketArn: 'arn:aws:s3:::acme-files', encryptionKey });
  groupIn(s, { readerAccounts: ['444455556666'] }).shareArtifacts(files, '*');
  expect(Template.synth(s).all('aws_s3_bucket_policy')).toEqual([]);
});

describe('who registers', () => {
  const policy = granted('grantRegister');
  const register = (conditions: object) =>
    policy.allowsAny({ actions: 'sagemaker:CreateModelPackage', resources: PACKAGES, conditions: conditions as never });

  test('registers a version as pending', () => {
    expect(register({ StringEquals: { [STATUS]: 'PendingManualApproval' } })).toBe(true);
  });

  test('does not register it as approved, also if another policy would allow it', () => {
    expect(register({ StringEquals: { [STATUS]: 'Approved' } })).toBe(false);
    const approved = { StringEquals: { [STATUS]: 'Approved' } };
    expect(policy.denies({ actions: 'sagemaker:CreateModelPackage', resources: PACKAGES, conditions: approved })).toBe(
      true,
    );
  });

  test.each(REQUIRED_METADATA)('does not register it without %s', (key) => {
    expect(register({ Null: { [metadata(key)]: 'true' } })).toBe(false);
    expect(register({ Null: { [metadata(key)]: 'false' } })).toBe(true);
  });

  test('never changes a version, also if another policy would allow it', () => {
    expect(policy.denies({ actions: 'sagemaker:UpdateModelPackage', resources: PACKAGES })).toBe(true);
  });

  test('tags a version only by registering it', () => {
    const other = { StringEquals: { 'sagemaker:TaggingAction': 'CreateEndpoint' } };
    expect(policy.allowsAny({ actions: 'sagemaker:AddTags', conditions: other })).toBe(false);
  });
});

describe('who approves', () => {
  const policy = granted('grantApprove');
  const update = (conditions: object) =>
    policy.allowsAny({ actions: 'sagemaker:UpdateModelPackage', resources: PACKAGES, conditions: conditions as never });

  test('reads versions and changes their status', () => {
    expect(policy.allows({ actions: 'sagemaker:DescribeModelPackage', resources: PACKAGES })).toBe(true);
    expect(update({ Null: { [STATUS]: 'false' } })).toBe(true);
  });

  test('changes nothing without the status, and no metadata beside it', () => {
    expect(update({ Null: { [STATUS]: 'true' } })).toBe(false);
    expect(update({ Null: { [metadata('dataVersion')]: 'false' } })).toBe(false);
    expect(update({ Null: { 'sagemaker:CustomerMetadataPropertiesToRemove': 'false' } })).toBe(false);
  });

  test('neither registers nor deletes', () => {
    expect(policy.allowsAny({ actions: ['sagemaker:CreateModelPackage', 'sagemaker:Delete*'] })).toBe(false);
  });
});

test('who reads changes nothing', () => {
  const policy = granted('grantRead');
  expect(policy.allows({ actions: 'sagemaker:ListModelPackages', resources: [GROUP, PACKAGES] })).toBe(true);
  expect(policy.allowsAny({ actions: ['sagemaker:Create*', 'sagemaker:Update*', 'sagemaker:Delete*'] })).toBe(false);
});

test.each<[string, (group: IModelPackageGroup, s: Stack) => void]>([
  [
    'register and then approve',
    (group, s) => {
      const role = roleIn(s);
      group.grantRegister(role);
      group.grantApprove(role);
    },
  ],
  [
    'approve and then register',
    (group, s) => {
      const role = roleIn(s);
      group.grantApprove(role);
      group.grantRegister(role);
    },
  ],
])('no role may %s', (_, grant) => {
  const s = acmeStack();
  expect(() => grant(groupIn(s), s)).toThrow(
    'test/Churn: test/Role must not both register and approve; give approval to another role',
  );
});

test('the approver of a group cannot be its trainer', () => {
  const group = groupIn(acmeStack());
  expect(() => group.grantRegister(group.approver)).toThrow('must not both register and approve');
});

test('another stack gets the name and the ARN as literals', () => {
  const app = testApp();
  const group = groupIn(new AwsStack(app, 'services', ACME));
  const models = new AwsStack(app, 'models', ACME);
  new TerraformOutput(models, 'names', { value: [group.packageGroupName, group.packageGroupArn] });
  expect(Template.all(app).models!.outputs.names!.value).toEqual(['acme-dev-churn', GROUP]);
});

test('every wrong property is named at once', () => {
  const s = acmeStack();
  expect(() =>
    groupIn(s, {
      name: 'Churn_1',
      description: 'two\nlines',
      furtherMetadata: ['a,b'],
      readerAccounts: ['4444', '111122223333', '444455556666', '444455556666'],
    }),
  ).toThrow(
    [
      'test/Churn: 6 invalid properties',
      "  - 'name' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Churn_1'",
      "  - 'description' must be up to 1024 letters, digits, spaces and signs on one line, got 'two\\nlines'",
      "  - 'furtherMetadata[0]' must be 1 to 128 letters, digits, spaces and '_.:/=+-@', got 'a,b'",
      "  - 'readerAccounts[0]' must be an account id of 12 digits, got '4444'",
      "  - 'readerAccounts[1]' must be another account, got '111122223333'; remove it: roles of this account are granted access",
      "  - 'readerAccounts[3]' must be listed once, got '444455556666'; remove one",
    ].join('\n'),
  );
});

test('a name that is too long with the prefix is refused', () => {
  expect(() => groupIn(acmeStack(), { name: 'c'.repeat(60) })).toThrow(
    `test/Churn: name 'acme-dev-${'c'.repeat(60)}' has 69 characters, the limit is 63; shorten '${'c'.repeat(60)}' by 6`,
  );
});

describe('the metadata of a package', () => {
  const complete = Object.fromEntries(REQUIRED_METADATA.map((key) => [key, 'some']));

  test('is complete with every key, also if its value is known only at run time', () => {
    expect(missingMetadata(complete)).toEqual([]);
    expect(missingMetadata({ ...complete, dataVersion: undefined })).toEqual([]);
  });

  test('lacks what is not there or is empty, and says what it is for', () => {
    const { owner: _, ...rest } = complete;
    expect(missingMetadata({ ...rest, contract: '' })).toEqual([
      "metadata 'owner' must be set: team that answers for the model",
      "metadata 'contract' must be set: address of the contract between training and serving",
    ]);
    expect(missingMetadata(complete, ['ticket'])).toEqual(["metadata 'ticket' must be set"]);
  });

  test('must be what SageMaker accepts', () => {
    const many = Object.fromEntries(Array.from({ length: 45 }, (_, index) => [`key${index}`, 'x']));
    expect(missingMetadata({ ...complete, ...many })).toEqual([
      `metadata must have at most ${METADATA_LIMITS.entries} keys, got 51`,
    ]);
    const characters = "letters, digits, spaces and '_.:/=+-@'";
    expect(missingMetadata({ ...complete, metrics: '{"auc":0.9}', owner: 'x'.repeat(257), 'a*': 'b' })).toEqual([
      `metadata 'owner' must be 1 to 256 ${characters}, got '${'x'.repeat(60)}…'`,
      `metadata 'metrics' must be 1 to 256 ${characters}, got '{"auc":0.9}'`,
      `metadata key 'a*' must be 1 to 128 ${characters}`,
    ]);
  });
});

describe('promotion to the next account', () => {
  const BUS = 'arn:aws:events:eu-north-1:444455556666:event-bus/acme-next-approvals';
  const s = acmeStack();
  const packages = groupIn(s, { readerAccounts: ['444455556666'] });
  const promotion = new PackagePromotion(s, 'Promotion', { packages, eventBusArn: BUS });
  const template = Template.synth(s);

  test('follows the change of the status to approved, and no later edit of an approved version', () => {
    expect(JSON.parse(template.one('aws_cloudwatch_event_rule').event_pattern)).toEqual({
      source: ['aws.sagemaker'],
      'detail-type': ['SageMaker Model Package State Change'],
      detail: {
        ModelPackageGroupName: [template.resolve(packages.packageGroupName)],
        ModelApprovalStatus: ['Approved'],
        UpdatedModelPackageFields: ['ModelApprovalStatus'],
      },
    });
  });

  test('sends it to the bus of that account by a role that can do nothing else', () => {
    const target = template.one('aws_cloudwatch_event_target');
    expect(target).toMatchObject({ arn: BUS, retry_policy: { maximum_event_age_in_seconds: 86_400 } });
    expect(target.role_arn).toMatch(/aws_iam_role\.Promotion_Role/);
    expect(template.policyOf(promotion.role).beyond([{ actions: 'events:PutEvents', resources: BUS }])).toEqual([]);
  });

  test('keeps what could not be delivered for two weeks, in a queue that only the rule writes', () => {
    expect(template.one('aws_sqs_queue')).toMatchObject({
      message_retention_seconds: 1_209_600,
      sqs_managed_sse_enabled: true,
    });
    const { statements } = template.policyOf(promotion.node.findChild('Undelivered'));
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatchObject({ principals: ['events.amazonaws.com'], actions: ['sqs:SendMessage'] });
    expect(statements[0]!.conditions).toEqual({
      ArnEquals: { 'aws:SourceArn': expect.stringMatching(/aws_cloudwatch_event_rule\.Promotion_/) },
    });
  });

  test('comes in on a bus that takes approvals of the named accounts only', () => {
    const next = acmeStack();
    const inbox = new PackageInbox(next, 'Inbox', { accounts: ['111122223333'] });
    const synthesized = Template.synth(next);
    expect(synthesized.one('aws_cloudwatch_event_bus').name).toBe('acme-dev-approvals');
    const policy = Policy.parse(synthesized.one('aws_cloudwatch_event_bus_policy').policy);
    const about = (type: string) => ({
      StringEquals: { 'events:source': 'aws.sagemaker', 'events:detail-type': type },
    });
    const send = { actions: 'events:PutEvents', principal: '111122223333' };
    expect(policy.allows({ ...send, conditions: about('SageMaker Model Package State Change') })).toBe(true);
    expect(policy.allowsAny({ ...send, conditions: about('SageMaker Endpoint State Change') })).toBe(false);
    expect(policy.allowsAny({ ...send, principal: '999988887777' })).toBe(false);
    expect(synthesized.resolve(inbox.eventBusArn)).toMatch(/^\$\{aws_cloudwatch_event_bus\.\w+\.arn\}$/);
  });

  test('names actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
    const next = acmeStack();
    new PackageInbox(next, 'Inbox', { accounts: ['111122223333'] });
    expect(await lintPolicies(Template.synth(next))).toEqual([]);
  });

  test('is refused without an account, with one twice, and to something that is no bus', () => {
    const inbox = (accounts: string[]) => () => new PackageInbox(acmeStack(), 'Inbox', { accounts });
    expect(inbox([])).toThrow("'accounts' must have at least one account, got none");
    expect(inbox(['111122223333', '111122223333'])).toThrow("'accounts[1]' must be listed once, got '111122223333'");
    const other = acmeStack();
    expect(
      () => new PackagePromotion(other, 'Promotion', { packages: groupIn(other), eventBusArn: 'acme-next-approvals' }),
    ).toThrow("'eventBusArn' must be the ARN of an event bus such as");
  });
});
