import { Annotations, type TerraformStack } from 'cdktf';
import { AwsStack } from '../../lib/aws/aws-stack';
import { Template, testApp } from '../../lib/testing';
import { Framework } from '../../lib/training/framework/framework';
import {
  brokenProcessor,
  brokenVersion,
  FRAMEWORK_IMAGES,
  FRAMEWORKS,
  type FrameworkName,
  newestVersion,
  SUPPORT_WARNING_DAYS,
  supportedVersions,
  supportOf,
} from '../../lib/training/framework/images';
import { ALGORITHM_ACCOUNTS, DEEP_LEARNING_ACCOUNTS } from '../../lib/training/framework/registries';
import { hasInstanceStore, ML_INSTANCE, processorOf } from '../../lib/training/training-limits';
import { acmeStack, roleIn, testStack } from '../support/stack';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;
const OWN = `111122223333.dkr.ecr.eu-north-1.amazonaws.com/team/train@${DIGEST}`;
const imageIn = (region: string, framework: Framework, type = 'ml.m5.xlarge') =>
  framework.imageFor(new AwsStack(testApp(), 'test', { namePrefix: 'acme', region }), type);
/** A day on which the versions in the tests have support. */
const today = new Date('2026-09-01T00:00:00Z');

describe('the image of a version', () => {
  test.each<[Framework, string, string, string]>([
    [
      Framework.pytorch('2.10', { today }),
      'eu-north-1',
      'ml.m5.xlarge',
      '763104351884.dkr.ecr.eu-north-1.amazonaws.com/pytorch-training:2.10.0-cpu-py313-ubuntu22.04-sagemaker',
    ],
    [
      Framework.pytorch('2.10', { today }),
      'eu-south-1',
      'ml.g5.xlarge',
      '692866216735.dkr.ecr.eu-south-1.amazonaws.com/pytorch-training:2.10.0-gpu-py313-cu130-ubuntu22.04-sagemaker',
    ],
    [
      Framework.pytorch('2.13', { today }),
      'mx-central-1',
      'ml.p5.48xlarge',
      '637423239942.dkr.ecr.mx-central-1.amazonaws.com/pytorch:2.13.0-cu133-amzn2023-sagemaker',
    ],
    [
      Framework.tensorflow('2.21', { today }),
      'cn-north-1',
      'ml.m5.xlarge',
      '727897471807.dkr.ecr.cn-north-1.amazonaws.com.cn/tensorflow-training:2.21.0-cpu-py312-amzn2023-sagemaker',
    ],
    [
      Framework.keras('2.21', { today }),
      'us-gov-west-1',
      'ml.g6e.xlarge',
      '442386744353.dkr.ecr.us-gov-west-1.amazonaws.com/tensorflow-training:2.21.0-gpu-py312-cu129-amzn2023-sagemaker',
    ],
    [
      Framework.scikitLearn('1.9-0', { today }),
      'eu-west-1',
      'ml.m5.xlarge',
      '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.9-0-cpu-py3',
    ],
    [
      Framework.xgboost('3.2-0', { today }),
      'us-east-1',
      'ml.g5.xlarge',
      '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.2-0-cpu-py3',
    ],
    [Framework.custom({ image: OWN }), 'eu-north-1', 'ml.trn1.2xlarge', OWN],
  ])('%#', (framework, region, type, expected) => expect(imageIn(region, framework, type)).toBe(expected));

  test('in a region that is known only at plan time is looked up by Terraform', () => {
    const stack = testStack();
    const role = roleIn(stack);
    const framework = Framework.scikitLearn('1.9-0', { today });
    framework.grantPull(role);
    const template = Template.synth(stack);
    const image = template.resolve(framework.imageFor(role, 'ml.m5.xlarge'));
    expect(image).toMatch(/^\$\{\{.*"eu-north-1" = "662702820516".*\}\[data\.aws_region\.\w+\.id\]\}\.dkr\.ecr\./);
    expect(image).toMatch(/\.\$\{data\.aws_partition\.\w+\.dns_suffix\}\/sagemaker-scikit-learn:1\.9-0-cpu-py3$/);
  });
});

describe('an image is refused', () => {
  test('in a region in which AWS has none', () =>
    expect(() => imageIn('ap-southeast-7', Framework.xgboost('3.2-0', { today }))).toThrow(
      "test: 1 invalid property\n  - 'framework' must be one that AWS has images of in ap-southeast-7, got xgboost; use an image of your own (custom)",
    ));

  test('on a processor for which it is not made', () => {
    expect(() => imageIn('eu-north-1', Framework.scikitLearn('1.9-0', { today }), 'ml.g5.xlarge')).toThrow(
      "'instanceType' must be a type with CPU, on which scikit-learn 1.9-0 computes, got 'ml.g5.xlarge'; the GPU would be idle; choose a type without one",
    );
    expect(() => imageIn('eu-north-1', Framework.pytorch('2.13', { today }), 'ml.trn1.2xlarge')).toThrow(
      "'instanceType' must be a type with CPU or GPU, on which pytorch 2.13 computes, got 'ml.trn1.2xlarge'; use an image of your own (custom)",
    );
  });

  test.each([
    ['111122223333.dkr.ecr.eu-north-1.amazonaws.com/team/train:v1'],
    ['111122223333.dkr.ecr.eu-north-1.amazonaws.com/team/train'],
    [`docker.io/library/python@${DIGEST}`],
    [OWN.slice(0, -1)],
  ])('that is not named by its digest in ECR: %s', (image) =>
    expect(() => Framework.custom({ image })).toThrow(
      "Framework.custom: 1 invalid property\n  - 'image' must be an image in ECR by its digest, <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 digits>, because what a tag names can change under a registered model, got ",
    ),
  );

  test('of a version that is not in the table', () =>
    expect(() => Framework.pytorch('1.13', { today })).toThrow(
      "Framework.pytorch: 1 invalid property\n  - 'version' must be a version of pytorch that AWS has an image of: 2.9, 2.10, 2.11, 2.12, 2.13 (known on 2026-08-21), got '1.13'; for another version use an image of your own (custom)",
    ));

  test('of a framework that is not in the table', () =>
    expect(() => Framework.of({ name: 'mxnet' as FrameworkName, version: '1.9' })).toThrow(
      "'name' must be one of pytorch, tensorflow, keras, scikit-learn, xgboost, got 'mxnet'",
    ));
});

describe('the end of patches', () => {
  const image = FRAMEWORK_IMAGES.xgboost['3.0-5']!; // ends on 2026-11-17
  const on = (day: string) => new Date(`${day}T12:00:00Z`);
  const warnings = (stack: TerraformStack) =>
    stack.node.metadata.filter(({ type }) => type === '@cdktf/warn').map(({ data }) => data);
  const warningOn = (day: string, unsupportedBecause?: string) => {
    const stack = acmeStack();
    Framework.xgboost('3.0-5', { today: on(day), unsupportedBecause }).warnOn(stack);
    return warnings(stack);
  };

  test.each([
    ['2026-09-17', 'supported', 61],
    ['2026-09-18', 'ends soon', SUPPORT_WARNING_DAYS],
    ['2026-11-16', 'ends soon', 1],
    ['2026-11-17', 'ended', 0],
    ['2027-01-01', 'ended', -45],
  ])('on %s: %s', (day, state, daysLeft) =>
    expect(supportOf(image, new Date(`${day}T00:00:00Z`))).toEqual({ state, daysLeft }),
  );

  test('is reported from 60 days before it on', () => {
    expect(warningOn('2026-09-17')).toEqual([]);
    expect(warningOn('2026-09-18')).toHaveLength(1);
    expect(warningOn('2026-11-01')).toEqual([
      'the image of xgboost 3.0-5 gets patches until 2026-11-17, for 16 more days; choose a newer version, afterwards synthesis fails',
    ]);
  });

  test('is an error after it, unless there is a reason, which is reported', () => {
    expect(() => warningOn('2026-11-17')).toThrow(
      "'version' must be a version of xgboost that AWS patches, the patches of 3.0-5 ended on 2026-11-17, got '3.0-5'; change it to 3.2-0, use an image of your own (custom), or say why it is used all the same in unsupportedBecause",
    );
    expect(warningOn('2026-11-17', 'audit of the model of May')).toEqual([
      'the image of xgboost 3.0-5 gets no patches since 2026-11-17; accepted because: audit of the model of May',
    ]);
    expect(() => Framework.xgboost('3.2-0', { today: on('2028-01-01') })).toThrow(
      "got '3.2-0'; upgrade cdktf-mlops, which knows no newer one, use an image of your own (custom), or say why it is used all the same in unsupportedBecause",
    );
    expect(newestVersion('xgboost', on('2028-01-01'))).toBe('3.2-0');
    expect(() => Framework.xgboost('9', { today, unsupportedBecause: 'it is not in the table' })).toThrow("got '9'");
  });

  test('does not concern an image of one’s own', () => {
    const stack = acmeStack();
    const own = Framework.custom({ image: OWN });
    own.warnOn(stack);
    expect(warnings(stack)).toEqual([]);
    expect(own).toMatchObject({ name: 'custom', version: DIGEST, endOfSupport: undefined, python: undefined });
    Annotations.of(stack).addWarning('one');
    expect(warnings(stack)).toEqual(['one']); // where cdktf keeps warnings
  });
});

test('an image of one’s own has its program, or script mode', () => {
  expect(Framework.custom({ image: OWN })).toMatchObject({ scriptMode: false, hasProgram: true });
  expect(Framework.custom({ image: OWN, scriptMode: true, version: 'lightgbm 4.6' })).toMatchObject({
    scriptMode: true,
    hasProgram: false,
    version: 'lightgbm 4.6',
  });
});

test('pulling is allowed of the one repository, in the account that has it', () => {
  const stack = acmeStack();
  const role = roleIn(stack);
  Framework.tensorflow('2.21', { today }).grantPull(role);
  Framework.custom({ image: OWN }).grantPull(role);
  const pull = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
  const needed = [
    { actions: 'ecr:GetAuthorizationToken', resources: '*' },
    {
      actions: pull,
      resources: [
        'arn:aws:ecr:eu-north-1:763104351884:repository/tensorflow-training',
        'arn:aws:ecr:eu-north-1:111122223333:repository/team/train',
      ],
    },
  ];
  const policy = Template.synth(stack).policyOf(role);
  for (const access of needed) expect(policy.missing(access)).toEqual([]);
  expect(policy.beyond(needed)).toEqual([]);
});

describe('the table', () => {
  const rows = FRAMEWORKS.flatMap((name) =>
    Object.entries(FRAMEWORK_IMAGES[name]).map(([version, image]) => [name, version, image] as const),
  );

  test.each(rows)('%s %s has tags, Python and a year or more of patches', (_, version, image) => {
    const { tags, python, released, supportEnds } = image;
    for (const tag of Object.values(tags)) expect(tag.startsWith(version.split('-')[0]!)).toBe(true);
    expect(python).toMatch(/^3\.1\d$/);
    expect(Date.parse(supportEnds) - Date.parse(released)).toBeGreaterThanOrEqual(365 * 86_400_000);
  });

  test('has a supported version of every framework', () => {
    for (const name of FRAMEWORKS) expect(supportedVersions(name, today).length).toBeGreaterThan(0);
  });

  test('has accounts of twelve digits in every region of the partitions', () => {
    for (const accounts of [DEEP_LEARNING_ACCOUNTS, ALGORITHM_ACCOUNTS]) {
      for (const [region, account] of Object.entries(accounts)) {
        expect(region).toMatch(/^(us-gov|[a-z]{2})-[a-z]+-\d$/);
        expect(account).toMatch(/^\d{12}$/);
      }
    }
    expect(Object.keys(DEEP_LEARNING_ACCOUNTS)).toEqual(
      expect.arrayContaining(['ap-east-2', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7', 'mx-central-1']),
    );
  });

  test('serves a file, which judges a version and a processor by itself', () => {
    expect(brokenVersion('xgboost', '3.2-0', today)).toEqual([]);
    expect(brokenVersion('xgboost', '3.0-5', new Date('2027-01-01'))).toHaveLength(1);
    expect(brokenProcessor('scikit-learn', '1.9-0', 'gpu')).toHaveLength(1);
    expect(brokenProcessor('scikit-learn', 'unknown', 'gpu')).toEqual([]); // its version is wrong already
  });
});

describe('an instance type', () => {
  test.each<[string, string, boolean]>([
    ['ml.m5.xlarge', 'cpu', false],
    ['ml.m5d.2xlarge', 'cpu', true],
    ['ml.r5d.large', 'cpu', true],
    ['ml.c7i-flex.large', 'cpu', false],
    ['ml.t3.medium', 'cpu', false],
    ['ml.p3.2xlarge', 'gpu', false],
    ['ml.p3dn.24xlarge', 'gpu', true],
    ['ml.p4d.24xlarge', 'gpu', true],
    ['ml.p4de.24xlarge', 'gpu', true],
    ['ml.p5.48xlarge', 'gpu', true],
    ['ml.p6-b200.48xlarge', 'gpu', true],
    ['ml.p6e-gb200.36xlarge', 'gpu', true],
    ['ml.g4dn.xlarge', 'gpu', true],
    ['ml.g5.xlarge', 'gpu', true],
    ['ml.g6.xlarge', 'gpu', true],
    ['ml.g6e.xlarge', 'gpu', true],
    ['ml.trn1.2xlarge', 'neuron', true],
    ['ml.inf2.xlarge', 'neuron', false],
  ])('%s computes on %s; has an instance store: %s', (type, processor, store) => {
    expect(type).toMatch(ML_INSTANCE.pattern);
    expect([processorOf(type), hasInstanceStore(type)]).toEqual([processor, store]);
  });

  test.each(['m5.xlarge', 'ml.m5', 'ml.m5.', 'ml.*.xlarge', 'ML.m5.xlarge', 'ml.m5.xlarge '])('is not %p', (type) =>
    expect(type).not.toMatch(ML_INSTANCE.pattern),
  );
});
