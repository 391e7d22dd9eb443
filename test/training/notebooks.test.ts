import '../../lib/testing/jest';
import type { AwsStack } from '../../lib/aws/aws-stack';
import { keptType } from '../../lib/aws/kept-types';
import { choiceOf } from '../../lib/core/fixed-choice';
import type { Role } from '../../lib/iam/role';
import type { PolicyStatement } from '../../lib/iam/statement';
import { Network } from '../../lib/network/network';
import { Template } from '../../lib/testing';
import { Notebooks } from '../../lib/training/notebooks/notebooks';
import {
  DEFAULT_IDLE_MINUTES,
  DEFAULT_NOTEBOOK_INSTANCES,
  IDLE_LIMITS_MINUTES,
} from '../../lib/training/notebooks/notebooks-limits';
import type { NotebooksProps } from '../../lib/training/notebooks/notebooks-props';
import type { TrainingWorkspace } from '../../lib/training/sagemaker/workspace';
import { decide } from '../support/iam-conditions';
import { lintPolicies } from '../support/iam-lint';
import { acmeStack, keyIn, roleIn, TWO_KEYS } from '../support/stack';
import { workspaceIn } from '../support/training';

const notebooksIn = (s: AwsStack, props: Partial<NotebooksProps> = {}) =>
  new Notebooks(s, 'Notebooks', {
    teams: { fraud: { members: ['ada', 'grace'] }, ads: {} },
    ...props,
    workspace: props.workspace ?? workspaceIn(s),
  });

const ARN = 'arn:aws:sagemaker:eu-north-1:111122223333';

describe('notebooks with all defaults', () => {
  const s = acmeStack();
  const notebooks = notebooksIn(s);
  const template = Template.synth(s);
  const domain = template.one('aws_sagemaker_domain');
  const profiles = template.all('aws_sagemaker_user_profile');
  const fraud = template.policyOf(notebooks.roleOf('fraud'));

  test('are a domain without a way to the internet of its own, encrypted with the key of the workspace', () => {
    expect(domain).toMatchObject({
      domain_name: 'acme-dev-notebooks',
      auth_mode: 'IAM',
      app_network_access_type: 'VpcOnly',
      vpc_id: 'vpc-11111111',
      subnet_ids: ['subnet-11111111', 'subnet-22222222'],
      kms_key_id: expect.stringContaining('aws_kms_key.'),
      domain_settings: {
        execution_role_identity_config: 'USER_PROFILE_NAME',
        docker_settings: { enable_docker_access: 'DISABLED' },
      },
    });
  });

  test('have no shared spaces, which would run with one role for all teams', () => {
    expect(domain).not.toHaveProperty('default_space_settings');
    expect(template.all('aws_sagemaker_space').map(({ space_sharing_settings }) => space_sharing_settings)).toEqual(
      Array(3).fill({ sharing_type: 'Private' }),
    );
  });

  test.each(['jupyter_lab_app_settings', 'code_editor_app_settings'])(
    'stop idle apps after an hour, which a user cannot prolong: %s',
    (app) => {
      for (const settings of [domain.default_user_settings, ...profiles.map(({ user_settings }) => user_settings)]) {
        expect(settings[app].app_lifecycle_management.idle_settings).toEqual({
          lifecycle_management: 'ENABLED',
          idle_timeout_in_minutes: DEFAULT_IDLE_MINUTES,
          min_idle_timeout_in_minutes: IDLE_LIMITS_MINUTES.min,
          max_idle_timeout_in_minutes: DEFAULT_IDLE_MINUTES,
        });
        expect(settings[app].default_resource_spec).toEqual({ instance_type: DEFAULT_NOTEBOOK_INSTANCES[0] });
      }
    },
  );

  test('share no output', () => {
    for (const settings of [domain.default_user_settings, ...profiles.map(({ user_settings }) => user_settings)]) {
      expect(settings.sharing_settings).toEqual({ notebook_output_option: 'Disabled' });
    }
  });

  test('give each person a profile with the role of the team and a space; a team without members has one of each', () => {
    const role = (team: string) => template.resolve(notebooks.roleOf(team).roleArn);
    expect(
      profiles.map(({ user_profile_name, user_settings }) => [user_profile_name, user_settings.execution_role]),
    ).toEqual([
      ['ads', role('ads')],
      ['fraud-ada', role('fraud')],
      ['fraud-grace', role('fraud')],
    ]);
    expect(template.all('aws_sagemaker_space').map(({ space_name }) => space_name)).toEqual([
      'ads',
      'fraud-ada',
      'fraud-grace',
    ]);
  });

  test('give a profile that someone makes by hand a role without permissions', () => {
    const nobody = notebooks.node.findChild('Nobody') as Role;
    expect(domain.default_user_settings.execution_role).toBe(template.resolve(nobody.roleArn));
    expect(nobody.node.tryFindChild('Policy')).toBeUndefined();
  });

  test('let SageMaker of this account assume the roles, and name the profile behind a session', () => {
    const { assume_role_policy } = template.resource(notebooks.roleOf('fraud').node.findChild('Resource'));
    expect(JSON.parse(assume_role_policy).Statement).toEqual([
      expect.objectContaining({
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
        Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } },
      }),
    ]);
  });

  /** What IAM decides about a call in a session of ada, whose profile SageMaker names by a variable. */
  const verdictForAda = (action: string, owner: string) => {
    const id = template.resolve(notebooks.domainId);
    const itsSession = JSON.parse(
      JSON.stringify(fraud.statements).replaceAll('${sagemaker:UserProfileName}', 'fraud-ada'),
    ) as PolicyStatement[];
    return decide(itsSession, `sagemaker:${action}`, {
      'sagemaker:OwnerUserProfileArn': `${ARN}:user-profile/${id}/${owner}`,
      'sagemaker:SpaceSharingType': 'Private',
      'sagemaker:InstanceTypes': ['ml.t3.medium'],
    });
  };

  test.each(['CreateSpace', 'UpdateSpace', 'DeleteSpace', 'CreateApp', 'DeleteApp'])(
    'let nobody but its owner do this to a private space, not even someone of the same team: %s',
    (action) => {
      const owners = ['fraud-ada', 'fraud-grace', 'ads'];
      expect(owners.map((owner) => verdictForAda(action, owner))).toEqual(['allowed', 'nothing', 'nothing']);
    },
  );

  test('let each person open the own profile only', () => {
    const id = template.resolve(notebooks.domainId);
    const urls = fraud.statements.filter(({ actions }) => actions?.includes('sagemaker:CreatePresignedDomainUrl'));
    expect(urls.map(({ actions, resources }) => [actions, resources])).toEqual([
      [['sagemaker:CreatePresignedDomainUrl'], [`${ARN}:user-profile/${id}/\${sagemaker:UserProfileName}`]],
    ]);
  });

  test('let a team make and start private spaces, on its types, without remote access', () => {
    const id = template.resolve(notebooks.domainId);
    const spaces = fraud.statements.find(({ actions }) => actions?.includes('sagemaker:CreateSpace'))!;
    expect(spaces.conditions).toEqual({
      ArnLike: { 'sagemaker:OwnerUserProfileArn': `${ARN}:user-profile/${id}/\${sagemaker:UserProfileName}` },
      StringEquals: { 'sagemaker:SpaceSharingType': 'Private' },
      'ForAllValues:StringEquals': { 'sagemaker:InstanceTypes': [...DEFAULT_NOTEBOOK_INSTANCES] },
      StringNotEquals: { 'sagemaker:RemoteAccess': 'ENABLED' },
    });
    const apps = fraud.statements.find(({ actions }) => actions?.includes('sagemaker:CreateApp'))!;
    expect(apps.conditions).toHaveProperty(['ForAllValues:StringEquals', 'sagemaker:InstanceTypes']);
    expect(apps.conditions).toHaveProperty(['ArnLike']);
  });

  test('let a team read and write its own folder of the workspace, and start nothing by itself', () => {
    const bucket = template.resolve((s.node.findChild('Workspace') as TrainingWorkspace).bucket.bucketArn);
    expect(fraud).toAllow({ actions: ['s3:GetObject', 's3:PutObject'], resources: `${bucket}/notebooks/fraud/*` });
    expect(fraud).not.toAllow({ actions: 's3:GetObject', resources: `${bucket}/notebooks/ads/*` });
    expect(fraud).not.toAllow({ actions: 'sagemaker:CreateTrainingJob', resources: '*' });
  });

  test('bind every team by the guardrails of jobs, whatever is granted to it later', () => {
    for (const team of ['fraud', 'ads']) {
      const denied = template.policyOf(notebooks.roleOf(team)).statements.filter(({ effect }) => effect === 'Deny');
      expect(denied.flatMap(({ actions }) => actions)).toContain('sagemaker:CreateTrainingJob');
    }
  });

  test('name actions that exist, on resources and with condition keys that they have', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });

  test('reach AWS services, one another and the home file system, and nothing else', () => {
    const group = template.resolve(notebooks.securityGroup.securityGroupId);
    const rules = template
      .all('aws_vpc_security_group_egress_rule')
      .filter(({ security_group_id }) => security_group_id === group)
      .map(({ from_port, to_port, cidr_ipv4, referenced_security_group_id }) => [
        from_port,
        to_port,
        cidr_ipv4 ?? referenced_security_group_id,
      ]);
    expect(rules).toEqual(
      expect.arrayContaining([
        [443, 443, '0.0.0.0/0'],
        [8192, 65_535, group],
        [2049, 2049, '10.0.0.0/16'],
      ]),
    );
    expect(rules).toHaveLength(3);
  });
});

describe('what people have in notebooks', () => {
  test('is kept: the domain with its file system, and each space; a third zone does not replace the domain', () => {
    const s = acmeStack();
    notebooksIn(s);
    const template = Template.synth(s);
    expect(template.one('aws_sagemaker_domain')).toMatchObject({
      retention_policy: { home_efs_file_system: 'Retain' },
      lifecycle: { prevent_destroy: true },
    });
    expect(template.one('aws_sagemaker_domain').lifecycle.ignore_changes).toContain('subnet_ids');
    for (const { lifecycle } of template.all('aws_sagemaker_space')) {
      expect(lifecycle.prevent_destroy).toBe(true);
    }
    for (const type of ['aws_sagemaker_domain', 'aws_sagemaker_space']) expect(keptType(type).holdsData).toBe(true);
  });

  test('has its settings from the profiles: SageMaker refuses an update of a domain that is VpcOnly', () => {
    const s = acmeStack();
    notebooksIn(s, { idleMinutes: 240 });
    const template = Template.synth(s);
    const { default_user_settings: defaults, lifecycle } = template.one('aws_sagemaker_domain');
    expect(lifecycle.ignore_changes).toContain('default_user_settings');
    const { execution_role: _1, ...common } = defaults;
    for (const { user_settings } of template.all('aws_sagemaker_user_profile')) {
      expect(user_settings).toMatchObject(common); // a profile has every setting itself
    }
  });

  test.each(TWO_KEYS)('with removal: stack %s, notebooks %s, may be destroyed: %s', (ofStack, removal, may) => {
    const s = acmeStack({ removal: ofStack });
    const notebooks = notebooksIn(s, { removal });
    const domain = Template.synth(s).one('aws_sagemaker_domain');
    expect(domain.retention_policy.home_efs_file_system).toBe(may ? 'Delete' : 'Retain');
    expect(domain.lifecycle.prevent_destroy ?? false).toBe(!may);
    expect(choiceOf(notebooks.node.findChild('Auth')) === undefined).toBe(may);
  });
});

test('the settings of a space are those of its user, once it is made: a deployment cannot put a volume back', () => {
  const s = acmeStack();
  notebooksIn(s);
  for (const { lifecycle, space_settings } of Template.synth(s).all('aws_sagemaker_space')) {
    expect(space_settings.space_storage_settings.ebs_storage_settings.ebs_volume_size_in_gb).toBe(20);
    expect(lifecycle.ignore_changes).toEqual(['space_settings']);
  }
});

describe('the log group of all notebooks', () => {
  const groupsOf = (props: Partial<NotebooksProps>) => {
    const s = acmeStack();
    notebooksIn(s, { workspace: workspaceIn(s, { ownsLogGroups: false }), ...props });
    return Template.synth(s).all('aws_cloudwatch_log_group');
  };

  test('has a retention and the key of the workspace, which SageMaker would not give it', () => {
    const group = {
      name: '/aws/sagemaker/studio',
      kms_key_id: expect.stringContaining('aws_kms_key.'),
      lifecycle: { prevent_destroy: true },
    };
    expect(groupsOf({})).toEqual([expect.objectContaining({ ...group, retention_in_days: 365 })]);
    expect(groupsOf({ logRetentionDays: 30 })).toEqual([expect.objectContaining({ retention_in_days: 30 })]);
  });

  test('belongs to one environment of an account', () => {
    expect(groupsOf({ ownsLogGroups: false })).toEqual([]);
    expect(() => groupsOf({ ownsLogGroups: false, logRetentionDays: 30 })).toThrow(
      "'logRetentionDays' has no effect without 'ownsLogGroups'; remove it",
    );
  });
});

describe('the configuration', () => {
  test('of types, idle time and volumes is that of every app; a team may have types of its own', () => {
    const s = acmeStack();
    const teams = { fraud: {}, vision: { instanceTypes: ['ml.g5.xlarge'] } };
    const notebooks = notebooksIn(s, { teams, instanceTypes: ['ml.m5.large'], idleMinutes: 240, spaceGb: 200 });
    const template = Template.synth(s);
    const [fraud, vision] = template.all('aws_sagemaker_user_profile').map(({ user_settings }) => user_settings);
    expect(fraud.jupyter_lab_app_settings).toMatchObject({
      default_resource_spec: { instance_type: 'ml.m5.large' },
      app_lifecycle_management: { idle_settings: { idle_timeout_in_minutes: 240, max_idle_timeout_in_minutes: 240 } },
    });
    expect(vision.code_editor_app_settings.default_resource_spec).toEqual({ instance_type: 'ml.g5.xlarge' });
    expect(fraud.space_storage_settings.default_ebs_storage_settings).toEqual({
      default_ebs_volume_size_in_gb: 200,
      maximum_ebs_volume_size_in_gb: 200,
    });
    const apps = template
      .policyOf(notebooks.roleOf('vision'))
      .statements.find(({ actions }) => actions?.includes('sagemaker:CreateApp'));
    expect(apps?.conditions).toHaveProperty('ForAllValues:StringEquals', {
      'sagemaker:InstanceTypes': 'ml.g5.xlarge',
    });
  });

  test('of SSO gives each profile to a user of IAM Identity Center', () => {
    const s = acmeStack();
    notebooksIn(s, { auth: 'SSO', teams: { fraud: { members: ['ada@acme.example'] } } });
    const template = Template.synth(s);
    expect(template.one('aws_sagemaker_domain').auth_mode).toBe('SSO');
    expect(template.one('aws_sagemaker_user_profile')).toMatchObject({
      user_profile_name: 'fraud-ada-acme-example',
      single_sign_on_user_identifier: 'UserName',
      single_sign_on_user_value: 'ada@acme.example',
    });
  });

  test('of a network without internet access lets apps out to its endpoints only', () => {
    const s = acmeStack();
    const network = new Network(s, 'Isolated', { encryptionKey: keyIn(s), nat: 'none' });
    notebooksIn(s, { workspace: workspaceIn(s, { network }) });
    const cidrs = Template.synth(s)
      .all('aws_vpc_security_group_egress_rule')
      .map(({ cidr_ipv4 }) => cidr_ipv4);
    expect(cidrs).not.toContain('0.0.0.0/0');
  });
});

describe('opening notebooks', () => {
  test('is allowed for the profiles of a team, or of one member', () => {
    const s = acmeStack();
    const notebooks = notebooksIn(s);
    const [lead, ada] = [roleIn(s, 'Lead'), roleIn(s, 'Ada')];
    notebooks.grantOpen(lead, 'fraud');
    notebooks.grantOpen(ada, 'fraud', 'ada');
    const template = Template.synth(s);
    const id = template.resolve(notebooks.domainId);
    const profile = (name: string) => `${ARN}:user-profile/${id}/${name}`;
    const actions = 'sagemaker:CreatePresignedDomainUrl';
    expect(template.policyOf(lead)).toAllowOnly({ actions, resources: [profile('fraud-ada'), profile('fraud-grace')] });
    expect(template.policyOf(ada)).toAllowOnly({ actions, resources: profile('fraud-ada') });
  });

  test('may be limited to the network of the notebooks: an address works from anywhere otherwise', () => {
    const s = acmeStack();
    const notebooks = notebooksIn(s);
    const ada = roleIn(s, 'Ada');
    notebooks.grantOpen(ada, 'fraud', 'ada', { fromNetworkOnly: true });
    const [open] = Template.synth(s).policyOf(ada).statements;
    expect(open).toMatchObject({
      actions: ['sagemaker:CreatePresignedDomainUrl'],
      conditions: { StringEquals: { 'aws:SourceVpc': 'vpc-11111111' } },
    });
  });

  test('is refused for a team or a member that is not there', () => {
    const s = acmeStack();
    const notebooks = notebooksIn(s);
    expect(() => notebooks.grantOpen(roleIn(s), 'risk')).toThrow(
      "'team' must be one of fraud, ads, got 'risk'; add it to the teams",
    );
    expect(() => notebooks.grantOpen(roleIn(s, 'Other'), 'fraud', 'eve')).toThrow(
      "'member' must be a member of team 'fraud', got 'eve'; add it to its members",
    );
    expect(() => notebooks.roleOf('risk')).toThrow("'team' must be one of fraud, ads");
  });
});

describe('notebooks are refused', () => {
  const errorOf = (props: Partial<NotebooksProps>) => {
    try {
      notebooksIn(acmeStack(), props);
    } catch (error) {
      return (error as Error).message.split('\n').slice(1);
    }
    throw new Error('accepted');
  };

  test('with one error for all that is out of its limits', () => {
    expect(
      errorOf({
        auth: 'LDAP' as 'IAM',
        idleMinutes: 30,
        spaceGb: 4,
        maxSpaceGb: 3,
        instanceTypes: ['t3.medium'],
        teams: { Fraud: { instanceTypes: [] } },
      }),
    ).toEqual([
      "  - 'auth' must be one of IAM, SSO, got 'LDAP'",
      "  - 'idleMinutes' must be between 60 and 525600, got 30",
      "  - 'spaceGb' must be between 5 and 16384, got 4",
      "  - 'maxSpaceGb' must be between 4 and 16384, got 3",
      "  - 'instanceTypes[0]' must be a SageMaker instance type such as ml.m5.xlarge, got 't3.medium'",
      "  - 'teams.Fraud' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Fraud'",
      "  - 'teams.Fraud.instanceTypes' must name at least one type, got none",
    ]);
  });

  test('with members whose profiles have one name, or a name that is too long', () => {
    const long = 'a'.repeat(64);
    expect(errorOf({ teams: { fraud: { members: ['ada', 'ada', `${long}`] }, 'fraud-ada': {} } })).toEqual([
      "  - 'teams.fraud.members[1]' makes the profile 'fraud-ada', which ada of fraud has too; choose another name",
      `  - 'teams.fraud.members[2]' makes the profile 'fraud-${long}' of 70 characters, the limit is 63; shorten it by 7`,
      "  - 'teams.fraud-ada' makes the profile 'fraud-ada', which ada of fraud has too; choose another name",
    ]);
  });

  test('with SSO and a team without members, or a person in two teams', () => {
    expect(
      errorOf({ auth: 'SSO', teams: { fraud: { members: ['ada'] }, ads: { members: ['ada'] }, risk: {} } }),
    ).toEqual([
      "  - 'teams.ads.members[0]' must be in one team with auth SSO, got 'ada' in fraud and ads; a user has one profile in a domain",
      "  - 'teams.risk' must have members with auth SSO: a profile belongs to one user of IAM Identity Center; list them",
    ]);
  });
});
