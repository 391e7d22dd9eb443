import { testApp } from '../../../lib/testing';
import { currentDay, setCurrentDay } from '../../../lib/training/framework/day';
import type { TrainingPipeline } from '../../../lib/training/pipeline/training/training-pipeline';
import { Platform } from '../../../stacks';
import { parseEnvironment } from '../../../stacks/environment';
import { DAY_VARIABLE } from '../../../stacks/environment/files';
import { TEST_DAY } from '../../support/fixed-day';
import { scikitLearn } from '../../support/training';
import { changed, errorOf } from '../environment-text';

const PIPELINE = `training:
  pipelines:
    churn:
      team: fraud
      framework: scikit-learn
      frameworkVersion: "1.9-0"
      instance: ml.m5.xlarge
      inputs: { train: { zone: curated, prefix: churn/train } }
      testData: { zone: curated, prefix: churn/test }
      task: classification
      target: churned
      metrics: { auc: { min: 0.8 } }
      packages: churn
`;

/** The valid file with a pipeline, and with the pipeline changed. */
function file(inPipeline: Record<string, string>): string {
  const pipeline = Object.entries(inPipeline).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`nothing to replace: '${from}'`);
    return text.replace(from, () => to);
  }, PIPELINE);
  return changed({
    'images: [train]\n': 'images: [train]\n  packages: { churn: { team: fraud } }\n',
    'teams:\n': `${pipeline}teams:\n`,
  });
}

/** Line 19 of the file is `training:`, line 22 the team, 25 the instance, 27 the test data, 30 the metrics, 31 the packages. */
function refuses(title: string, inPipeline: Record<string, string>, lines: string[]) {
  test(title, () => {
    const message = errorOf(() => parseEnvironment(file(inPipeline), 'dev.yaml'));
    const header = `dev.yaml: ${lines.length} ${lines.length === 1 ? 'error' : 'errors'}`;
    expect(message.split('\n')).toEqual([header, ...lines.map((line) => `dev.yaml:${line}`)]);
  });
}

function errorsOf(inPipeline: Record<string, string>): string[] {
  try {
    parseEnvironment(file(inPipeline), 'dev.yaml');
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(1);
  }
}

/** The warnings of a synthesis. */
function warningsOf(inPipeline: Record<string, string>): unknown[] {
  const app = testApp();
  new Platform(app, parseEnvironment(file(inPipeline), 'dev.yaml'));
  const metadata = app.node.findAll().flatMap(({ node }) => node.metadata);
  return metadata.filter(({ type }) => type === '@cdktf/warn').map(({ data }) => data);
}

const PLACE = 'training.pipelines.churn';
const COMPUTED =
  'one of auc, accuracy, balanced_accuracy, f1, precision, recall, log_loss, brier, alone or with @noise, @missing, @shuffled';
const TUNING = {
  'packages: churn': `packages: churn
      logMetrics: { "validation:auc": "auc: (.*)" }
      tuning:
        metric: validation:auc
        ranges: { depth: { min: 2, max: 8 } }
        maxInstanceHours: 5`,
};

test('the file is valid as it is, and with a tuning', () => {
  expect(parseEnvironment(file({}), 'dev.yaml').training?.pipelines.churn).toMatchObject({ entryPoint: 'train.py' });
  expect(parseEnvironment(file(TUNING), 'dev.yaml').training?.pipelines.churn?.tuning).toMatchObject({
    strategy: 'Bayesian',
    parallelJobs: 2,
  });
});

test('without NAT, the endpoints that the jobs of pipelines call must be there', () => {
  const text = file({ 'packages: churn': 'packages: churn\n      champion: { metric: auc }\n      quality: orders' })
    .replace(
      'cidr: 10.20.0.0/16',
      'cidr: 10.20.0.0/16\n  nat: none\n  endpoints: [sts, ecr.api, ecr.dkr, logs, kms, secretsmanager]',
    )
    .replace('owner: fraud\n', 'owner: fraud\n      quality: { completeness: { id: 1 } }\n');
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml')).split('\n')).toEqual([
    'dev.yaml: 2 errors',
    'dev.yaml:9:14 network.endpoints: must include sagemaker.api if nat is none, because training (Evaluation against the champion) calls it; add it, or remove endpoints to have all that are needed',
    'dev.yaml:9:14 network.endpoints: must include monitoring, events if nat is none, because training (Data-quality gates) calls them; add them, or remove endpoints to have all that are needed',
  ]);
});

refuses('a version of the framework that nobody knows', { '1.9-0': '9.9-9' }, [
  `24:25 ${PLACE}.frameworkVersion: must be a version of scikit-learn that AWS has an image of: 1.9-0 (known on 2026-08-21), got '9.9-9'; for another version use an image of your own (custom)`,
]);
refuses(
  'an image that gets no patches any more, of a framework whose image does not serve',
  { 'scikit-learn': 'tensorflow', '1.9-0': '2.19' },
  [
    `21:5 ${PLACE}: needs the servingImage of the model: the training image of tensorflow does not serve, got none; add an image that serves it`,
    `24:25 ${PLACE}.frameworkVersion: must be a version of tensorflow that AWS patches, the patches of 2.19 ended on 2026-03-11, got '2.19'; change it to 2.21, use an image of your own (custom), or say why it is used all the same in unsupportedBecause`,
  ],
);
refuses('a type outside of the list', { 'instance: ml.m5.xlarge': 'instance: ml.p5.48xlarge' }, [
  `25:17 ${PLACE}.instance: must be one of training.instances (ml.m5.large, ml.m5.xlarge, ml.g4dn.xlarge), got 'ml.p5.48xlarge'; add it there, or choose one of them`,
  `25:17 ${PLACE}.instance: must be a type with CPU, on which scikit-learn 1.9-0 computes, got 'ml.p5.48xlarge'; the GPU would be idle; choose a type without one`,
]);
refuses(
  'a list of types that lacks the one of the evaluation',
  {
    'training:\n': 'training:\n  instances: [ml.m5.xlarge]\n',
    'instance: ml.m5.xlarge': 'instance: ml.m5.xlarge\n      evaluationInstance: ml.m5.large',
  },
  [
    `27:27 ${PLACE}.evaluationInstance: must be one of training.instances (ml.m5.xlarge), got 'ml.m5.large'; add it there, or choose one of them`,
  ],
);
refuses('a metric that is never computed', { 'auc: { min': 'acuracy: { min' }, [
  `30:18 ${PLACE}.metrics.acuracy: must be a metric that the evaluation computes, got 'acuracy'; name ${COMPUTED}, or change the evaluation`,
]);
refuses('a metric that is declared twice', { '{ auc: { min: 0.8 } }': '{ auc: { min: 0.8 }, auc: { min: 0.9 } }' }, [
  `30:37 ${PLACE}.metrics.auc: is already set in line 30; keep one`,
]);
refuses(
  'metrics without a limit, or with limits that nothing keeps',
  {
    '{ auc: { min: 0.8 } }': '{ auc: {}, f1: { min: 0.9, max: 0.8 } }',
  },
  [
    `30:18 ${PLACE}.metrics.auc: must have a limit, got none; set min`,
    `30:38 ${PLACE}.metrics.f1.min: must not be above max 0.8, got 0.9; lower it`,
  ],
);
refuses('no metric', { '{ auc: { min: 0.8 } }': '{}' }, [
  `30:16 ${PLACE}.metrics: must have 1 to 20 metrics, got 0; declare what a good model must reach`,
]);
refuses(
  'a champion that is compared in what is never computed',
  {
    'packages: churn': 'packages: churn\n      champion: { metric: rmse, maxLoss: -1 }',
  },
  [
    `32:27 ${PLACE}.champion.metric: must be a metric that the evaluation computes, got 'rmse'; name ${COMPUTED}`,
    `32:42 ${PLACE}.champion.maxLoss: must be a number of at least 0, got the number -1; the nearest is 0`,
  ],
);
refuses('test data that the training reads', { 'churn/test': 'churn/train/held-out' }, [
  `27:42 ${PLACE}.testData.prefix: must not overlap the training data of train, got 'churn/train/held-out'; hold data out in a folder of its own`,
]);
refuses(
  'no training data, and names that are not there',
  {
    '{ train: { zone: curated, prefix: churn/train } }': '{}',
    'zone: curated, prefix: churn/test': 'zone: gold, prefix: churn/test',
    'packages: churn': 'packages: chrun',
    'team: fraud': 'team: growth',
  },
  [
    `22:13 ${PLACE}.team: must be a name under teams, got 'growth'; use one of fraud`,
    `26:15 ${PLACE}.inputs: must have a channel, got none; add for example train: { zone: features, prefix: churn/train }, or a preparation that writes it`,
    `27:25 ${PLACE}.testData.zone: must be a name under lake.zones, got 'gold'; use one of raw, curated`,
    `31:17 ${PLACE}.packages: must be a name under registry.packages, got 'chrun'; did you mean 'churn'?`,
  ],
);
refuses('a name that is too long for the jobs of SageMaker', { 'churn:\n': 'customers-who-will-leave-us:\n' }, [
  "21:5 training.pipelines.customers-who-will-leave-us: makes the SageMaker training name 'acme-dev-pipelines-customers-who-will-leave-us' of 46 characters, the limit is 42; shorten it by 4",
]);
refuses('a table without expectations', { 'packages: churn': 'packages: churn\n      quality: orders' }, [
  `32:16 ${PLACE}.quality: must be a table with quality, got 'orders'; add expectations to lake.tables.orders.quality`,
]);
refuses('a longer run than jobs may have', { 'packages: churn': 'packages: churn\n      maxRuntimeHours: 25' }, [
  `32:24 ${PLACE}.maxRuntimeHours: must be at most training.maxRuntimeHours 24, got 25; a policy refuses longer jobs`,
]);
refuses(
  'a tuning for a metric that is in no log, over ranges that are none',
  {
    'packages: churn': `packages: churn
      tuning:
        metric: auc
        ranges: { depth: { min: 8.5, max: 2, integer: true }, rate: { min: 0, max: 1, logarithmic: true }, loss: [a, a] }
        maxInstanceHours: 5`,
  },
  [
    `33:17 ${PLACE}.tuning.metric: must be one of logMetrics (none), got 'auc'; add its expression there`,
    `34:33 ${PLACE}.tuning.ranges.depth.min: must be less than max 2, got 8.5; lower it`,
    `34:33 ${PLACE}.tuning.ranges.depth.min: must be a whole number in a range of integers, got 8.5; round it`,
    `34:76 ${PLACE}.tuning.ranges.rate.min: must be above 0 for a logarithmic range, got 0; raise it`,
    `34:114 ${PLACE}.tuning.ranges.loss: must list each word once, got 'a' again; remove one`,
  ],
);
refuses(
  'settings that a shell takes apart, an expression without a number, and a tuning that contradicts itself',
  {
    'packages: churn': `packages: churn
      hyperparameters: { depth: "4", note: "a b" }
      logMetrics: { "validation:auc": "auc: .*", loss: "(a)(b)" }
      tuning:
        metric: validation:auc
        ranges: { depth: { min: 2, max: 8 }, loss: ["log loss"] }
        parallelJobs: 40
        maxInstanceHours: 1`,
  },
  [
    `32:44 ${PLACE}.hyperparameters.note: must be letters, digits and @%+=:,./_- only, because the images pass it to the program through a shell; put another text into a file of the code, got 'a b'; write a-b`,
    `33:39 ${PLACE}.logMetrics."validation:auc": must be a regular expression with one group around the number, such as 'loss=([0-9.]+)', got 'auc: .*'; put the number into ( ), and what else is grouped into (?: )`,
    `33:56 ${PLACE}.logMetrics.loss: must be a regular expression with one group around the number, such as 'loss=([0-9.]+)', got '(a)(b)'; put the number into ( ), and what else is grouped into (?: )`,
    `36:19 ${PLACE}.tuning.ranges.depth: must not be one of hyperparameters, which are the same for all jobs, got 'depth'; remove it from one of the two`,
    `36:53 ${PLACE}.tuning.ranges.loss[0]: must be letters, digits and @%+=:,./_- only, because the images pass it to the program through a shell; put another text into a file of the code, got 'log loss'; write log-loss`,
    `37:23 ${PLACE}.tuning.parallelJobs: must be at most maxJobs 20, got the number 40; the others would never run, and take their part of maxInstanceHours`,
    `38:27 ${PLACE}.tuning.maxInstanceHours: must leave each of 40 parallel jobs 120 seconds at least, got the number 1; raise it, or lower parallelJobs`,
  ],
);
refuses(
  'a grid of numbers, with a number of jobs',
  {
    'packages: churn': TUNING['packages: churn'].replace(
      'metric:',
      'strategy: Grid\n        maxJobs: 4\n        metric:',
    ),
  },
  [
    `35:9 ${PLACE}.tuning.maxJobs: has no effect with strategy Grid, which starts a job for each combination; remove it`,
    `37:19 ${PLACE}.tuning.ranges.depth: must be a list of words with strategy Grid, got a range of numbers; list the values, or use another strategy`,
  ],
);

refuses(
  'Hyperband without its rounds',
  { 'packages: churn': TUNING['packages: churn'].replace('metric:', 'strategy: Hyperband\n        metric:') },
  [`33:7 ${PLACE}.tuning: is missing its rounds for strategy Hyperband; add for example rounds: { min: 1, max: 27 }`],
);
refuses(
  'rounds of another strategy, and rounds without a range',
  { 'packages: churn': TUNING['packages: churn'].replace('metric:', 'rounds: { min: 9, max: 9 }\n        metric:') },
  [
    `34:9 ${PLACE}.tuning.rounds: has no effect without strategy: Hyperband; remove it, or choose it`,
    `34:24 ${PLACE}.tuning.rounds.min: must be less than max 9, got the number 9; lower it`,
  ],
);

refuses(
  'a hyperparameter without a word to try',
  { 'packages: churn': TUNING['packages: churn'].replace('{ min: 2, max: 8 }', '[]') },
  [`35:26 ${PLACE}.tuning.ranges.depth: must be a list of 1 to 30 words, got an empty list; add an item`],
);

test('Hyperband with its rounds is taken', () => {
  const search = 'strategy: Hyperband\n        rounds: { min: 1, max: 27 }\n        metric:';
  const text = file({ 'packages: churn': TUNING['packages: churn'].replace('metric:', search) });
  const app = testApp();
  const { services } = new Platform(app, parseEnvironment(text, 'dev.yaml'));
  const { definition } = (services!.pipelines!.get('churn') as TrainingPipeline).pipeline;
  expect(definition).toContain('"HyperbandStrategyConfig":{"MinResource":1,"MaxResource":27}');
});

test.each([
  [
    'an Iceberg table',
    'format: iceberg',
    '{ rows: { min: 1 } }',
    'must not be an Iceberg table, which only Glue checks',
  ],
  [
    'a table with a rule of its own',
    'format: parquet',
    `{ custom: { mean: 'Mean "amount" > 1' } }`,
    'must be a table without custom rules, which only Glue checks',
  ],
])('a pipeline cannot check %s', (_, format, quality, message) => {
  const text = file({ 'packages: churn': 'packages: churn\n      quality: orders' }).replace(
    'format: parquet\n',
    `${format}\n      quality: ${quality}\n`,
  );
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml'))).toContain(
    `${PLACE}.quality: ${message}, got 'orders'; remove`,
  );
});

test('a group whose metadata no run can be started with', () => {
  const text = file({}).replace('churn: { team: fraud }', 'churn: { team: fraud, metadata: [review_by] }');
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml'))).toBe(
    "dev.yaml: 1 error\ndev.yaml:31:17 training.pipelines.churn.packages: must be a group whose metadata a run can be started with, review_by is no parameter, got 'churn'; rename it in registry.packages.churn.metadata to 1 to 256 letters, digits and hyphens, with a letter or digit at both ends",
  );
});

refuses(
  'a limit that no model can reach, such as a percentage',
  { '{ auc: { min: 0.8 } }': '{ auc@noise: { min: 80 } }' },
  [
    `30:36 ${PLACE}.metrics."auc@noise".min: must be at most 1, the best auc there is, got 80; write a fraction, such as 0.8 for 80 percent`,
  ],
);

refuses(
  'an error that no model can be below',
  { 'task: classification': 'task: regression', '{ auc: { min: 0.8 } }': '{ rmse: { max: -1 } }' },
  [`30:31 ${PLACE}.metrics.rmse.max: must be at least 0, the best rmse there is, got -1; raise it`],
);

refuses(
  'limits on the wrong side, which every model would keep or none',
  {
    'task: classification': 'task: regression',
    '{ auc: { min: 0.8 } }': '{ rmse: { min: 3 }, r2@noise: { max: 0.5 }, mae: { min: 1, max: 3 } }',
  },
  [
    `30:18 ${PLACE}.metrics.rmse: must have a max, because less is better in rmse, got min 3 alone; add max, or rename the limit to max`,
    `30:36 ${PLACE}.metrics."r2@noise": must have a min, because more is better in r2, got max 0.5 alone; add min, or rename the limit to min`,
  ],
);

refuses('a metric with a number in place of its limits', { '{ auc: { min: 0.8 } }': '{ auc: 0.8 }' }, [
  `30:23 ${PLACE}.metrics.auc: must be a mapping, got the number 0.8; write its keys under it: min or max`,
]);

refuses('a list of metrics, where {} would not do', { '{ auc: { min: 0.8 } }': '[auc]' }, [
  `30:16 ${PLACE}.metrics: must be a mapping, got a list; write for example { auc: { min: 0.8 }, auc@noise: { min: 0.75 } }`,
]);

refuses(
  'the address of a folder where zone and prefix are keys of their own',
  { 'prefix: churn/train': 'prefix: s3://acme-dev-curated/churn/train/' },
  [
    `26:49 ${PLACE}.inputs.train.prefix: must be a folder of objects such as churn/train, without a bucket, a wildcard or a slash at either end, got 's3://acme-dev-curated/churn/train/'; the zone says which bucket it is: write prefix: churn/train, and the zone of the bucket as zone`,
  ],
);

refuses(
  'training data without the name of its channel',
  { '{ train: { zone: curated, prefix: churn/train } }': '{ zone: curated, prefix: churn/train }' },
  [
    `26:23 ${PLACE}.inputs.zone: must be a mapping, got 'curated'; zone is a key of each entry: write a name above it, as in train: { zone: ... }`,
    `26:40 ${PLACE}.inputs.prefix: must be a mapping, got 'churn/train'; prefix is a key of each entry: write a name above it, as in train: { prefix: ... }`,
  ],
);

test('a list without a type is refused once, and not by each pipeline', () => {
  const text = file({ 'training:\n': 'training:\n  instances: []\n' });
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml'))).toBe(
    'dev.yaml: 1 error\ndev.yaml:20:14 training.instances: must name at least one type, got none; add one, or remove the key',
  );
});

refuses(
  'a target that the evaluation would drop',
  { 'packages: churn': 'identifiers: [id, churned]\n      packages: churn' },
  [
    `31:25 ${PLACE}.identifiers[1]: must not be the target, which is the truth and no identifier, got 'churned'; remove it`,
  ],
);

describe('the day on which an image is judged', () => {
  const on = (day: string) => {
    setCurrentDay(day);
    return warningsOf({});
  };
  afterEach(() => setCurrentDay(TEST_DAY));

  test('is one for the file and for the constructs: nothing, a warning from 60 days before the end on, then an error', () => {
    expect(on('2027-05-16')).toEqual([]);
    expect(on('2027-07-15')).toEqual([
      'the image of scikit-learn 1.9-0 gets patches until 2027-07-16, for 1 more days; choose a newer version, afterwards synthesis fails',
    ]);
    expect(errorOf(() => on('2027-07-16'))).toMatch(
      /frameworkVersion: must be a version of scikit-learn that AWS patches, the patches of 1\.9-0 ended on 2027-07-16, got '1\.9-0'/,
    );
    expect(() => scikitLearn()).toThrow('the patches of 1.9-0 ended on 2027-07-16');
  });

  test('is fixed in tests, also in the programs that they start', () => {
    expect(process.env[DAY_VARIABLE]).toBe(TEST_DAY);
    expect(currentDay().toISOString()).toContain(TEST_DAY);
  });

  test('must be a day', () => {
    expect(() => setCurrentDay('2027-02-30')).toThrow(
      "the current day must be a day such as 2027-01-31, got '2027-02-30'; correct it",
    );
  });

  test('is the real one if nothing else is said', () => {
    setCurrentDay(undefined);
    expect(Math.abs(currentDay().getTime() - Date.now())).toBeLessThan(60_000);
  });
});

const DIGEST = `sha256:${'0'.repeat(64)}`;
const CUSTOM = {
  'framework: scikit-learn\n      frameworkVersion: "1.9-0"': `framework: custom\n      image: train@${DIGEST}\n      servingImage: train@${DIGEST}`,
};

describe('an image of one’s own', () => {
  test('is named by its digest, in the registry of the file or by its address', () => {
    const address = `111122223333.dkr.ecr.eu-north-1.amazonaws.com/acme/train@${DIGEST}`;
    expect(errorsOf(CUSTOM)).toEqual([]);
    expect(
      errorsOf({
        [Object.keys(CUSTOM)[0]!]:
          `framework: custom\n      image: ${address}\n      servingImage: acme.example/serve:1`,
      }),
    ).toEqual([]);
  });

  refuses(
    'without the image, and of a framework',
    {
      'framework: scikit-learn\n      frameworkVersion: "1.9-0"': 'framework: custom\n      unsupportedBecause: audit',
    },
    [
      `21:5 ${PLACE}.image: is missing; add the image by its digest, for example image: train@sha256:<64 digits>`,
      `21:5 ${PLACE}: needs the servingImage of the model: the training image of custom does not serve, got none; add an image that serves it`,
      `24:7 ${PLACE}.unsupportedBecause: has no effect with an image of your own, whose patches are yours; remove it`,
    ],
  );
  refuses(
    'of a registry that SageMaker does not pull from',
    { ...CUSTOM, 'image: train@': 'image: docker.io/acme/train@' },
    [
      `24:14 ${PLACE}.image: must be an image by its digest, as <name>@sha256:<64 digits> of registry.images, or <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 digits>, got 'docker.io/acme/train@sha256:00000000000000000000000000000000…'; write for example train@sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9`,
    ],
  );
  refuses('by a tag', { ...CUSTOM, [`image: train@${DIGEST}`]: 'image: train:1.0' }, [
    `24:14 ${PLACE}.image: must be an image by its digest, as <name>@sha256:<64 digits> of registry.images, or <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 digits>, got 'train:1.0'; write for example train@sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9`,
  ]);
  refuses(
    'that is not in the registry, and one of another region',
    {
      ...CUSTOM,
      [`image: train@${DIGEST}`]: `image: trian@${DIGEST}`,
      [`servingImage: train@${DIGEST}`]: `servingImage: 111122223333.dkr.ecr.us-east-1.amazonaws.com/serve@${DIGEST}`,
    },
    [
      `24:14 ${PLACE}.image: must be a name under registry.images, got 'trian'; did you mean 'train'?`,
      `25:21 ${PLACE}.servingImage: must be an image in region eu-north-1, got one in us-east-1; replicate it to this region`,
    ],
  );
  refuses(
    'that brings its own program, with the code of the team',
    { ...CUSTOM, 'packages: churn': 'entryPoint: train.py\n      packages: churn' },
    [
      `32:7 ${PLACE}.entryPoint: has no effect with an image that brings its own program, without the code of the team; remove it, or set scriptMode: true`,
    ],
  );
  refuses(
    'with a framework of AWS',
    { 'packages: churn': `scriptMode: true\n      image: train@${DIGEST}\n      packages: churn` },
    [
      `31:7 ${PLACE}.scriptMode: is not for framework scikit-learn; remove it, or choose framework: custom`,
      `32:7 ${PLACE}.image: is not for framework scikit-learn; remove it, or choose framework: custom`,
    ],
  );
});

refuses('a framework without its version', { '      frameworkVersion: "1.9-0"\n': '' }, [
  `21:5 ${PLACE}.frameworkVersion: is missing; add for example frameworkVersion: "1.9-0"`,
]);

test('an image whose patches have ended is accepted with a reason, which synthesis shows', () => {
  const changes = { 'frameworkVersion: "1.9-0"': 'frameworkVersion: "1.4-2"\n      unsupportedBecause: audit of May' };
  expect(errorsOf(changes)).toEqual([]);
  expect(warningsOf(changes)).toEqual([
    'the image of scikit-learn 1.4-2 gets no patches since 2026-10-30; accepted because: audit of May',
  ]);
});

refuses('a reason that is not needed yet', { 'packages: churn': 'unsupportedBecause: audit\n      packages: churn' }, [
  `31:7 ${PLACE}.unsupportedBecause: has no effect before the patches of scikit-learn 1.9-0 end on 2027-07-16; remove it`,
]);

const FILE_SYSTEMS = {
  'training:\n':
    'training:\n  fileSystems: { fast: { type: lustre, zone: curated, prefix: churn }, files: { type: efs }, plain: { type: efs, plainReads: true } }\n',
};

describe('training data in a file system', () => {
  const inputs = (text: string) => ({ '{ train: { zone: curated, prefix: churn/train } }': text });

  test('is read where the job can mount it', () => {
    expect(
      errorsOf({
        ...FILE_SYSTEMS,
        ...inputs('{ a: { fileSystem: fast, directory: train }, b: { fileSystem: plain } }'),
      }),
    ).toEqual([]);
  });

  refuses(
    'that only roles may read, in a mode of objects, or that caches the test data',
    {
      ...FILE_SYSTEMS,
      ...inputs(
        '{ a: { fileSystem: files, mode: FastFile }, b: { fileSystem: fast }, c: { fileSystem: fats }, d: {} }',
      ),
    },
    [
      `27:34 ${PLACE}.inputs.a.fileSystem: must be a file system with plainReads for a training job, which mounts it without TLS and a role, got 'files'; set plainReads: true there, or use data of a zone`,
      `27:41 ${PLACE}.inputs.a.mode: has no effect with a file system of efs, which is mounted; remove it`,
      `27:101 ${PLACE}.inputs.c.fileSystem: must be a name under training.fileSystems, got 'fats'; did you mean 'fast'?`,
      `27:109 ${PLACE}.inputs.d: must have a zone or a fileSystem, got neither; add one`,
      `28:42 ${PLACE}.testData.prefix: must not overlap the training data of b, got 'churn/test'; hold data out in a folder of its own`,
    ],
  );
});

describe('a preparation', () => {
  const preparation = (text: string) => ({
    'packages: churn': `preparation: ${text}\n      packages: churn`,
  });
  const without = { '      inputs: { train: { zone: curated, prefix: churn/train } }\n': '' };

  test('makes the training data, which inputs need not name', () => {
    expect(
      errorsOf({ ...without, ...preparation('{ inputs: { raw: { zone: raw, prefix: churn } }, channels: [train] }') }),
    ).toEqual([]);
  });

  refuses(
    'that writes what inputs have, or what the platform has',
    {
      ...preparation('{ inputs: { code: { zone: raw, prefix: churn } }, channels: [train, code, valid, valid] }'),
    },
    [
      `31:32 ${PLACE}.preparation.inputs.code: must not be called code, which has the program; rename it`,
      `31:81 ${PLACE}.preparation.channels[0]: must not be one of inputs, got 'train'; remove it there: the preparation writes it`,
      `31:88 ${PLACE}.preparation.channels[1]: must not be called code, the channel of the code; rename it`,
      `31:101 ${PLACE}.preparation.channels[3]: must be listed once, got 'valid' again; remove one`,
    ],
  );
  refuses(
    'that reads the test data, without data, and on a type outside of the list',
    {
      ...without,
      ...preparation(
        '{ inputs: { raw: { zone: curated, prefix: churn } }, channels: [train], instance: ml.p5.48xlarge }',
      ),
    },
    [
      `26:42 ${PLACE}.testData.prefix: must not overlap the raw data of raw, got 'churn/test'; hold data out in a folder of its own`,
      `30:102 ${PLACE}.preparation.instance: must be one of training.instances (ml.m5.large, ml.m5.xlarge, ml.g4dn.xlarge), got 'ml.p5.48xlarge'; add it there, or choose one of them`,
      `30:102 ${PLACE}.preparation.instance: must be a type with CPU, on which scikit-learn 1.9-0 computes, got 'ml.p5.48xlarge'; the GPU would be idle; choose a type without one`,
    ],
  );
  refuses(
    'of files that a job cannot mount, or of none',
    {
      ...FILE_SYSTEMS,
      ...preparation('{ inputs: { raw: { fileSystem: fast } }, channels: [] }'),
    },
    [
      `28:42 ${PLACE}.testData.prefix: must not overlap the raw data of raw, got 'churn/test'; hold data out in a folder of its own`,
      `32:51 ${PLACE}.preparation.inputs.raw.fileSystem: must not be lustre for a processing job, which cannot mount it, got 'fast'; use the zone that it is linked to`,
      `32:71 ${PLACE}.preparation.channels: must be at least one channel, got an empty list; add an item`,
    ],
  );
});

refuses(
  'a pipeline without training data',
  { '      inputs: { train: { zone: curated, prefix: churn/train } }\n': '' },
  [
    `21:5 ${PLACE}.inputs: must have a channel, got none; add for example train: { zone: features, prefix: churn/train }, or a preparation that writes it`,
  ],
);

describe('a base model', () => {
  const model = (teams: string) => ({
    'training:\n': `training:\n  pretrained: { models: { bert: { source: "https://acme.example/bert", revision: "1", licence: MIT, sha256: "${'a'.repeat(64)}"${teams} } } }\n`,
  });
  const chosen = (name: string) => ({ 'packages: churn': `baseModel: ${name}\n      packages: churn` });

  test('is one of the mirror', () => {
    expect(errorsOf({ ...model(''), ...chosen('bert') })).toEqual([]);
  });
  refuses('that is not in the mirror', chosen('bret'), [
    `31:18 ${PLACE}.baseModel: must be a name under training.pretrained.models, got 'bret'; add it there`,
  ]);
  refuses(
    'of another team, with a channel in its place',
    {
      ...model(', teams: [fruad]'),
      ...chosen('bert'),
      '{ train: {': '{ base-model: {',
    },
    [
      `20:185 training.pretrained.models.bert.teams[0]: must be a name under teams, got 'fruad'; did you mean 'fraud'?`,
      `27:17 ${PLACE}.inputs.base-model: must not be called base-model, the channel of baseModel; rename it`,
      `32:18 ${PLACE}.baseModel: must be a model that team fraud may read, got 'bert'; add the team to training.pretrained.models.bert.teams`,
    ],
  );
});

test('the longest names that a file may have fit all that is made of them, and longer ones are refused', () => {
  const named = (more: string) => {
    const [pipeline, group, features, pool, files] = [23, 54, 52, 112, 55].map((count) => 'n'.repeat(count) + more);
    return file({ 'packages: churn': `packages: ${group}`, 'churn:\n': `${pipeline}:\n` })
      .replace('packages: { churn: {', `packages: { ${group}: {`)
      .replace('{ raw: {}, curated: {} }', '{ raw: {}, curated: {}, features: {} }')
      .replace(
        'training:\n',
        `features:
  groups: { ${features}: { team: fraud, columns: { id: string, at: string }, id: id, eventTime: at } }
training:
  batch:
    ${pool}:
      capacity: fargate
      maxVcpus: 4
      jobs: { churns: { team: fraud, image: train, tag: "1", vcpus: 1, memoryMib: 2048 } }
  fileSystems: { ${files}: { type: efs } }
`,
      );
  };
  const environment = parseEnvironment(named(''), 'dev.yaml');
  expect(() => new Platform(testApp(), environment)).not.toThrow();
  const tooLong = errorOf(() => parseEnvironment(named('n'), 'dev.yaml'));
  expect(tooLong.match(/makes the [^']*name/g)?.sort()).toEqual([
    'makes the Batch job definition name',
    'makes the Batch job queue name',
    'makes the EFS file system name',
    'makes the SageMaker training name',
    'makes the feature group name',
    'makes the model package group name',
  ]);
});
