import { App, TerraformOutput, type TerraformStack, TerraformVariable } from 'cdktf';
import { AwsStack } from '../../lib/aws';
import { waiversOf } from '../../lib/core/waivers';
import { Key } from '../../lib/encryption/key';
import type { Role } from '../../lib/iam/role';
import { UNTAGGED_IMAGE_DAYS } from '../../lib/registry/image-registry';
import { ImageRepository, type ImageRepositoryProps } from '../../lib/registry/image-repository';
import { PullThroughCache } from '../../lib/registry/pull-through-cache';
import { DEFAULT_KEPT_IMAGES } from '../../lib/registry/registry-limits';
import { UpstreamRegistry } from '../../lib/registry/upstream-registry';
import { Template } from '../../lib/testing';
import { ACME, acmeStack, keyIn, roleIn, TWO_KEYS, testStack } from '../support/stack';

const HOST = '111122223333.dkr.ecr.eu-north-1.amazonaws.com';
const CREDENTIALS = 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:ecr-pullthroughcache/hub-AbCdEf';
const KEY_ARN = 'arn:aws:kms:eu-north-1:111122223333:key/1';
const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
const PUSH = ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'];

function repositoryIn(s: TerraformStack, props: Partial<ImageRepositoryProps> = {}): ImageRepository {
  return new ImageRepository(s, 'FraudTrain', { encryptionKey: keyIn(s), ...props });
}

describe('an image repository', () => {
  describe('with all defaults', () => {
    const s = acmeStack();
    const repository = repositoryIn(s);
    const template = Template.synth(s);

    test('has immutable tags, scans every push and encrypts with its key', () => {
      expect(template.one('aws_ecr_repository')).toMatchObject({
        name: 'acme-dev-fraud-train',
        image_tag_mutability: 'IMMUTABLE',
        image_scanning_configuration: { scan_on_push: true },
        encryption_configuration: [{ encryption_type: 'KMS', kms_key: expect.stringContaining('aws_kms_key') }],
      });
    });

    test('cannot be destroyed', () => {
      const lasting = { force_delete: false, lifecycle: { prevent_destroy: true } };
      expect(template.one('aws_ecr_repository')).toMatchObject(lasting);
      expect(waiversOf(s)).toEqual([]);
    });

    test('deletes untagged images after two weeks, and all but the hundred newest', () => {
      const { rules } = JSON.parse(template.one('aws_ecr_lifecycle_policy').policy);
      expect(rules.map(({ selection }: any) => selection)).toEqual([
        { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: UNTAGGED_IMAGE_DAYS },
        { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: DEFAULT_KEPT_IMAGES },
      ]);
    });

    test('addresses images by tag and by digest', () => {
      const elsewhere = new AwsStack(App.of(repository), 'elsewhere', ACME);
      const uris = ['1.4.0', 'sha256:0123'].map(
        (reference, index) => new TerraformOutput(elsewhere, `Out${index}`, { value: repository.imageUri(reference) }),
      );
      const all = Template.all(App.of(repository));
      expect(uris.map(({ friendlyUniqueId }) => all.elsewhere!.outputs[friendlyUniqueId]!.value)).toEqual([
        `${HOST}/acme-dev-fraud-train:1.4.0`,
        `${HOST}/acme-dev-fraud-train@sha256:0123`,
      ]);
      expect(elsewhere.dependencies).toHaveLength(1); // an image is there only after its repository
    });
  });

  test('accepts a name, mutable tags, fewer images, and its destruction', () => {
    const s = acmeStack({ removal: 'destroy' });
    repositoryIn(s, { name: 'fraud/serve', mutableTags: true, keptImages: 5, removal: 'destroy' });
    const template = Template.synth(s);
    expect(template.one('aws_ecr_repository')).toMatchObject({
      name: 'acme-dev-fraud/serve',
      image_tag_mutability: 'MUTABLE',
      force_delete: true,
    });
    expect(template.one('aws_ecr_repository')).not.toHaveProperty('lifecycle');
    expect(JSON.parse(template.one('aws_ecr_lifecycle_policy').policy).rules[1].selection.countNumber).toBe(5);
    expect(waiversOf(s).map(({ check }) => check)).toEqual(['CKV_AWS_51', 'AWS-0031']);
  });

  test.each(TWO_KEYS)('stack: %s, repository: %s: its images can be destroyed: %s', (ofStack, removal, may) => {
    const s = acmeStack({ removal: ofStack });
    repositoryIn(s, { removal });
    const { force_delete, lifecycle } = Template.synth(s).one('aws_ecr_repository');
    expect(force_delete).toBe(may);
    expect(lifecycle?.prevent_destroy ?? false).toBe(!may);
  });

  test.each([
    ['cn-north-1', 'amazonaws.com.cn'],
    ['us-gov-west-1', 'amazonaws.com'],
    ['eusc-de-east-1', 'amazonaws.eu'],
  ])('in %s has addresses that end in %s', (region, suffix) => {
    const stack = acmeStack({ region });
    const { repositoryUri } = repositoryIn(stack);
    expect(Template.synth(stack).resolve(repositoryUri)).toMatch(
      new RegExp(`^111122223333\\.dkr\\.ecr\\.${region}\\.${suffix}/\\$\\{aws_ecr_repository\\..*\\.name\\}$`),
    );
  });

  test('looks its address up in a stack without account and region', () => {
    const s = testStack();
    const { repositoryUri } = repositoryIn(s);
    expect(Template.synth(s).resolve(repositoryUri)).toMatch(
      /^\$\{data.aws_caller_identity\..*\}\.dkr\.ecr\.\$\{data\.aws_region\..*\}\.\$\{data\.aws_partition\..*dns_suffix\}\/\$\{aws_ecr_repository\..*\.name\}$/,
    );
  });

  test('grants pull on itself and nothing else', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const { repositoryArn } = grantedTo(role, repositoryIn(s), 'grantPull');
    expect(
      Template.synth(s)
        .policyOf(role)
        .beyond([LOGIN, { actions: PULL, resources: repositoryArn }]),
    ).toEqual([]);
    expect(Template.synth(s).policyOf(role).allows({ actions: PULL, resources: repositoryArn })).toBe(true);
    expect(Template.synth(s).policyOf(role).allows(LOGIN)).toBe(true);
  });

  test('grants push with pull, because a push reads existing layers', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const { repositoryArn } = grantedTo(role, repositoryIn(s), 'grantPush');
    const policy = Template.synth(s).policyOf(role);
    expect(policy.beyond([LOGIN, { actions: [...PULL, ...PUSH], resources: repositoryArn }])).toEqual([]);
    expect(policy.allows({ actions: [...PULL, ...PUSH], resources: repositoryArn })).toBe(true);
  });

  test('of another account and region is addressed and granted by its ARN', () => {
    const s = acmeStack();
    const role = roleIn(s);
    const arn = 'arn:aws-cn:ecr:cn-north-1:727897471807:repository/pytorch-training';
    const repository = ImageRepository.fromRepositoryArn(s, 'PyTorch', arn);
    repository.grantPull(role);
    expect(repository.repositoryName).toBe('pytorch-training');
    expect(repository.imageUri('2.9')).toBe('727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/pytorch-training:2.9');
    expect(Template.synth(s).policyOf(role).allows({ actions: PULL, resources: arn })).toBe(true);
  });

  test('accepts a token as the number of images', () => {
    const s = acmeStack();
    repositoryIn(s, { keptImages: new TerraformVariable(s, 'kept', { type: 'number' }).numberValue });
    expect(Template.synth(s).one('aws_ecr_lifecycle_policy').policy).toContain('"countNumber":${var.kept}');
  });

  test('reports every error at once', () => {
    expect(() => repositoryIn(acmeStack(), { name: 'Fraud Train', keptImages: 0 })).toThrow(
      [
        'test/FraudTrain: 2 invalid properties',
        "  - 'name' must be lower-case letters and digits, in words joined by '.', '_', '-' or '/', got 'Fraud Train'",
        "  - 'keptImages' must be at least 1, got 0",
      ].join('\n'),
    );
    expect(() => ImageRepository.fromRepositoryArn(acmeStack(), 'Repo', 'pytorch-training')).toThrow(
      "test/Repo: 1 invalid property\n  - 'repositoryArn' must be 'arn:<partition>:ecr:<region>:<account>:repository/<name>', got 'pytorch-training'",
    );
  });
});

describe('a pull-through cache', () => {
  function cacheIn(s: TerraformStack, upstream = UpstreamRegistry.publicEcr(), name?: string): PullThroughCache {
    return new PullThroughCache(s, 'Cache', { upstream, name, encryptionKey: keyIn(s) });
  }

  test.each([
    ['ecr-public', UpstreamRegistry.publicEcr(), 'public.ecr.aws', undefined],
    ['kubernetes', UpstreamRegistry.kubernetes(), 'registry.k8s.io', undefined],
    ['quay', UpstreamRegistry.quay(), 'quay.io', undefined],
    ['docker-hub', UpstreamRegistry.dockerHub(CREDENTIALS), 'registry-1.docker.io', CREDENTIALS],
    ['github', UpstreamRegistry.github(CREDENTIALS), 'ghcr.io', CREDENTIALS],
    ['gitlab', UpstreamRegistry.gitlab(CREDENTIALS), 'registry.gitlab.com', CREDENTIALS],
    ['azure', UpstreamRegistry.azure('acme', CREDENTIALS), 'acme.azurecr.io', CREDENTIALS],
  ])('of %s is kept under that name', (name, upstream, url, credentials) => {
    const s = acmeStack();
    cacheIn(s, upstream);
    const rule = Template.synth(s).one('aws_ecr_pull_through_cache_rule');
    expect(rule).toMatchObject({ ecr_repository_prefix: `acme-dev-${name}`, upstream_registry_url: url });
    expect(rule.credential_arn).toBe(credentials);
  });

  test('creates repositories that are encrypted, follow the upstream and delete old images', () => {
    const s = acmeStack();
    cacheIn(s);
    const template = Template.synth(s);
    const creation = template.one('aws_ecr_repository_creation_template');
    expect(creation).toMatchObject({
      prefix: 'acme-dev-ecr-public',
      applied_for: ['PULL_THROUGH_CACHE'],
      image_tag_mutability: 'MUTABLE',
      encryption_configuration: [{ encryption_type: 'KMS', kms_key: expect.stringContaining('aws_kms_key') }],
    });
    expect(JSON.parse(creation.lifecycle_policy!).rules).toHaveLength(2);
    const [dependency] = template.one('aws_ecr_pull_through_cache_rule').depends_on!;
    expect(dependency).toMatch(/^aws_ecr_repository_creation_template\./);
  });

  test('lets ECR create them, with the key, by a role for nothing else', () => {
    const s = acmeStack();
    cacheIn(s);
    const template = Template.synth(s);
    const [address] = Object.keys(template.resources('aws_iam_role')) as [string];
    const repositories = 'arn:aws:ecr:eu-north-1:111122223333:repository/acme-dev-ecr-public/*';
    const [key] = Object.keys(template.resources('aws_kms_key'));
    const making = [
      { actions: ['ecr:CreateRepository', 'ecr:ReplicateImage', 'ecr:TagResource'], resources: repositories },
      { actions: ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'], resources: `\${${key}.arn}` },
    ];
    for (const access of making) expect(template.policyOf(address).missing(access)).toEqual([]);
    expect(template.policyOf(address).beyond(making)).toEqual([]);
    expect(
      template.policyOf(address, 'assume_role_policy').allows({
        actions: 'sts:AssumeRole',
        principal: 'ecr.amazonaws.com',
      }),
    ).toBe(true);
  });

  test('gives the address of a cached image', () => {
    const cache = cacheIn(acmeStack(), UpstreamRegistry.dockerHub(CREDENTIALS), 'hub');
    const elsewhere = new AwsStack(App.of(cache), 'elsewhere', ACME);
    new TerraformOutput(elsewhere, 'Image', { value: cache.imageUri('library/python:3.12-slim') });
    const { outputs } = Template.all(App.of(cache)).elsewhere!;
    expect(outputs.Image!.value).toBe(`${HOST}/acme-dev-hub/library/python:3.12-slim`);
    expect(elsewhere.dependencies).toHaveLength(1); // an image is cached only after the rule is there
  });

  test('grants pull, also of images that are not cached yet', () => {
    const s = acmeStack();
    const elsewhere = new AwsStack(App.of(s), 'elsewhere', ACME);
    const role = roleIn(elsewhere);
    cacheIn(s).grantPull(role);
    const access = {
      actions: [...PULL, 'ecr:BatchImportUpstreamImage', 'ecr:CreateRepository'],
      resources: 'arn:aws:ecr:eu-north-1:111122223333:repository/acme-dev-ecr-public/*',
    };
    const policy = Template.synth(elsewhere).policyOf(role);
    expect(policy.allows(access)).toBe(true);
    expect(policy.beyond([LOGIN, access])).toEqual([]);
  });

  test('reports every error at once', () => {
    const upstream = UpstreamRegistry.github('arn:aws:secretsmanager:eu-north-1:111122223333:secret:github-AbCdEf');
    expect(() => cacheIn(acmeStack(), upstream, 'Git Hub')).toThrow(
      [
        'test/Cache: 2 invalid properties',
        "  - 'name' must be lower-case letters and digits, in words joined by '.', '_' or '-', got 'Git Hub'",
        "  - 'upstream.credentialsArn' must be the ARN of a secret in partition aws whose name begins with 'ecr-pullthroughcache/', got 'arn:aws:secretsmanager:eu-north-1:111122223333:secret:github…'",
      ].join('\n'),
    );
  });

  test('refuses a name that is too long with its prefix', () => {
    expect(() => cacheIn(acmeStack({ namePrefix: 'acme-production' }), undefined, 'amazon-public-registry')).toThrow(
      "test/Cache: name 'acme-production-amazon-public-registry' has 38 characters, the limit is 30; shorten 'amazon-public-registry' by 8",
    );
  });

  test('accepts a token as the ARN of the credentials', () => {
    const s = acmeStack();
    const secret = new TerraformVariable(s, 'secret', { type: 'string' }).stringValue;
    cacheIn(s, UpstreamRegistry.github(secret));
    expect(Template.synth(s).one('aws_ecr_pull_through_cache_rule').credential_arn).toBe('${var.secret}');
  });
});

const LOGIN = { actions: 'ecr:GetAuthorizationToken', resources: '*' };

function grantedTo(role: Role, repository: ImageRepository, grant: 'grantPull' | 'grantPush'): ImageRepository {
  repository[grant](role);
  return repository;
}

describe('a repository below the prefix of a cache', () => {
  const message =
    "test/Image: the repository 'acme-dev-docker-hub/tools' must not be below 'acme-dev-docker-hub/', the prefix of the cache test/Cache; rename one of them";
  const encryptionKey = (s: TerraformStack) => Key.fromKeyArn(s, `Key${s.node.children.length}`, KEY_ARN);
  const image = (s: TerraformStack) =>
    new ImageRepository(s, 'Image', { encryptionKey: encryptionKey(s), name: 'docker-hub/tools' });
  const cache = (s: TerraformStack) => {
    const upstream = UpstreamRegistry.dockerHub(CREDENTIALS);
    return new PullThroughCache(s, 'Cache', { encryptionKey: encryptionKey(s), upstream });
  };

  test('is refused, whichever comes first', () => {
    const first = acmeStack();
    image(first);
    expect(() => cache(first)).toThrow(message);
    const second = acmeStack();
    cache(second);
    expect(() => image(second)).toThrow(message);
  });

  test('is another one in another region', () => {
    const s = acmeStack();
    cache(s);
    expect(() => image(new AwsStack(App.of(s), 'far', { ...ACME, region: 'eu-west-1' }))).not.toThrow();
  });
});

test.each([
  ['cn-north-1', UpstreamRegistry.quay(), 'must not be cached in China'],
  [
    'us-gov-west-1',
    UpstreamRegistry.dockerHub(CREDENTIALS),
    'must be a registry without a login in partition aws-us-gov',
  ],
])('a cache that ECR does not have in %s is refused', (region, upstream, message) => {
  const s = acmeStack({ region });
  expect(() => new PullThroughCache(s, 'Cache', { encryptionKey: keyIn(s), upstream })).toThrow(message);
});

test('an existing repository whose ARN is known only at deploy time is taken apart by Terraform', () => {
  const stack = acmeStack();
  const arn = new TerraformVariable(stack, 'arn', {}).stringValue;
  const { repositoryName, repositoryUri } = ImageRepository.fromRepositoryArn(stack, 'Imported', arn);
  const resolved = Template.synth(stack).resolve({ repositoryName, repositoryUri });
  const part = (index: number) => `element(split(":", var.arn), ${index})`;
  expect(resolved).toEqual({
    repositoryName: `\${trimprefix(${part(5)}, "repository/")}`,
    repositoryUri: `\${${part(4)}}.dkr.ecr.\${${part(3)}}.amazonaws.com/\${trimprefix(${part(5)}, "repository/")}`,
  });
});
