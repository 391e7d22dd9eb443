import { parseEnvironment } from '../../../stacks/environment';
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
/** Line of the model. */
const LINE = 33;

/** The valid file with a pipeline, two registries and a model. */
function file(model: string, changes: Readonly<Record<string, string>> = {}): string {
  return changed({
    'images: [train]\n': 'images: [train]\n  packages: { churn: { team: fraud }, orphan: { team: fraud } }\n',
    'teams:\n': `${PIPELINE}models:\n  churn: { ${model} }\nteams:\n`,
    ...changes,
  });
}

const GOOD = 'team: fraud, package: churn, version: 3, instance: ml.m5.large';
const NO_SOURCE = 'team: fraud, version: 3, instance: ml.m5.large';
const DIGEST = `sha256:${'0a1b2c3d'.repeat(8)}`;
const SERVERLESS = 'team: fraud, package: churn, version: 3, serverless: {}';
const ASYNCHRONOUS = `${GOOD}, asynchronous: {}`;
const GROUP = 'arn:aws:sagemaker:eu-north-1:444455556666:model-package-group/acme-churn';
const FROM = `from: { group: "${GROUP}", bucketArn: "arn:aws:s3:::acme-models", repositoryArn: "arn:aws:ecr:eu-north-1:444455556666:repository/serve" }`;

const FOLDERS = 'input: { zone: raw, prefix: churn/requests }, output: { zone: raw, prefix: churn/answers }';
const BATCH = `${FOLDERS}, cron: "cron(0 3 * * ? *)", instance: ml.m5.xlarge`;
const DOOR = 'callers: ["arn:aws:iam::444455556666:role/shop"], vpcEndpoints: [vpce-0a1b2c3d]';
const TRIED = `${GOOD}, challenger: { version: 4, weight: 10 }, capture: { sampling: 100 }`;
const METRIC = 'name: conversion, column: bought, kind: proportion, effect: 0.01';
const OUTCOMES = 'outcomes: { zone: curated, prefix: orders, format: parquet, key: id }';
const PLAN = `name: offers, start: "2026-11-02T00:00:00Z", end: "2026-11-16T00:00:00Z", maturityHours: 48, ${OUTCOMES}, design: fixed, primary: { ${METRIC} }, instance: ml.m5.large`;
const POOL = '"arn:aws:cognito-idp:eu-north-1:111122223333:userpool/eu-north-1_AbCdEf"';
const ACL = '"arn:aws:wafv2:eu-north-1:111122223333:regional/webacl/acme/1234abcd-12ab-34cd-56ef-1234567890ab"';
const PREFIX =
  "must be a folder such as card-fraud/requests: letters, digits and '_', '=', '.', '-', without a slash at its ends";

/** What is written in braces, and its errors: the key below the model, and what is said of it. */
const BAD: readonly (readonly [text: string, ...errors: (readonly [key: string, message: string])[]])[] = [
  [NO_SOURCE, ['', 'is missing where it comes from; add one of package, from, store, image']],
  [
    `${GOOD}, store: churn, image: "train@${DIGEST}"`,
    ['.store', 'must not be beside package, got both; keep one of package, from, store, image'],
  ],
  [`${NO_SOURCE}, store: churn`, ['', 'is missing the image that serves the archive of the store; add image']],
  [
    'team: fraud, package: churn, instance: ml.m5.large',
    ['', 'is missing its version; add the number of the version that answers'],
  ],
  [
    `team: fraud, image: "train@${DIGEST}", version: 3, instance: ml.m5.large`,
    ['.version', 'has no effect with an image that has its model; remove it, or add store'],
  ],
  [
    `team: fraud, image: "train@${DIGEST}", instance: ml.m5.large, challenger: { version: 2, weight: 0 }`,
    ['.challenger', 'needs versions, which an image alone does not have; take package or store'],
  ],
  [
    `team: fraud, image: "serve@${DIGEST}", instance: ml.m5.large`,
    ['.image', "must be a name under registry.images, got 'serve'; use one of train"],
  ],
  [
    'team: fraud, image: train, instance: ml.m5.large',
    [
      '.image',
      "must be an image by its digest, as <name>@sha256:<64 digits> of registry.images, or <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 digits>, got 'train'; write for example serve@sha256:0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d0a1b2c3d",
    ],
  ],
  [
    `${GOOD}, variables: { MODE: fast }`,
    ['.variables', 'has no effect without image: a version has its own; remove it'],
  ],
  [
    GOOD.replace('package: churn', 'package: fraud'),
    ['.package', "must be a name under registry.packages, got 'fraud'; use one of churn, orphan"],
  ],
  [
    GOOD.replace('package: churn', 'package: orphan'),
    [
      '.package',
      "must be one that a pipeline of training.pipelines registers, got 'orphan', whose artifacts and image are not known; add a pipeline with packages: orphan, or write from in place of package",
    ],
  ],
  [
    GOOD.replace('version: 3', 'version: 0'),
    ['.version', 'must be a whole number from 1 to 1000000, got the number 0; the nearest is 1'],
  ],
  [
    `${NO_SOURCE}, ${FROM.replaceAll('eu-north-1', 'eu-west-1')}`,
    [
      '.from.group',
      `must be in region eu-north-1, got '${GROUP.replace('eu-north-1', 'eu-west-1')}'; use one in that region`,
    ],
    [
      '.from.repositoryArn',
      "must be in region eu-north-1, got 'arn:aws:ecr:eu-west-1:444455556666:repository/serve'; use one in that region",
    ],
  ],
  [GOOD.replace('team: fraud', 'team: ads'), ['.team', "must be a name under teams, got 'ads'; use one of fraud"]],
  [
    'team: fraud, package: churn, version: 3',
    ['', 'is missing the type of its instances; add instance, for example ml.m5.large, or serverless: {}'],
  ],
  [
    GOOD.replace('ml.m5.large', 'm5.large'),
    [
      '.instance',
      "must be a SageMaker instance type such as ml.m5.xlarge, got 'm5.large'; write for example ml.m5.large",
    ],
  ],
  [`${GOOD}, serverless: {}`, ['.instance', 'must not be beside serverless, got both; keep one']],
  [`${SERVERLESS}, instances: { min: 2 }`, ['.instances', 'must not be beside serverless, got both; keep one']],
  [`${SERVERLESS}, asynchronous: {}`, ['.asynchronous', 'must not be beside serverless, got both; keep one']],
  [
    `${SERVERLESS}, isolated: true`,
    ['.isolated', 'must not be true with serverless, which takes no isolation, got true; remove it'],
  ],
  [
    `${SERVERLESS}, capture: { days: 30 }`,
    [
      '.capture',
      'must not be set on a serverless endpoint, which captures nothing, got both; remove it, or take instances',
    ],
  ],
  [
    `${SERVERLESS}, challenger: { version: 4, weight: 10 }`,
    [
      '.challenger',
      'must not divide the requests of a serverless endpoint, which has one variant, got both; keep one model, or take instances',
    ],
  ],
  [
    `${SERVERLESS}, shadow: { version: 4 }`,
    [
      '.shadow',
      'must not be set on a serverless endpoint, which has no shadow, got both; remove it, or take instances',
    ],
  ],
  [
    `${SERVERLESS}, rollout: { rolling: 50 }`,
    [
      '.rollout.rolling',
      'must not be rolling on a serverless endpoint, which has no instances to replace one by one, got both; take canary or linear',
    ],
  ],
  [
    SERVERLESS.replace('{}', '{ memoryMib: 1500 }'),
    ['.serverless.memoryMib', 'must be a multiple of 1024 from 1024 to 6144, got the number 1500; the nearest is 1024'],
  ],
  [
    SERVERLESS.replace('{}', '{ maxConcurrency: 5, provisionedConcurrency: 6 }'),
    [
      '.serverless.provisionedConcurrency',
      'must be at most maxConcurrency 5, got the number 6; lower it, or raise maxConcurrency',
    ],
  ],
  [
    `${ASYNCHRONOUS}, capture: { days: 30 }`,
    [
      '.capture',
      'must not be set on an asynchronous endpoint, whose requests and answers are in its bucket already, got both; remove it, and read them there',
    ],
  ],
  [
    `${ASYNCHRONOUS}, shadow: { version: 4 }`,
    [
      '.shadow',
      'must not be set on an asynchronous endpoint, which has no shadow, got both; remove it, and send the same requests to a second endpoint',
    ],
  ],
  [
    `${GOOD}, challenger: { version: 4, weight: 10 }, shadow: { version: 5 }`,
    [
      '.shadow',
      'must not be set while two models answer: SageMaker copies requests of one model only, got both; remove the shadow, or the other model',
    ],
  ],
  [
    `${GOOD}, challenger: { version: 4, weight: 10 }, rollout: { rolling: 50 }`,
    [
      '.rollout.rolling',
      'must not be rolling while two models answer: SageMaker rolls one variant only, got both; take canary or linear, or remove the other model',
    ],
  ],
  [`${GOOD}, weight: 10`, ['.weight', 'has no effect without a challenger; remove it']],
  [
    `${GOOD}, weight: 0, challenger: { version: 4, weight: 0 }`,
    [
      '.weight',
      'must not be 0 beside a challenger with weight 0, because no model would answer, got 0; give one a weight',
    ],
  ],
  [
    `${GOOD}, challenger: { version: 4, weight: 120 }`,
    [
      '.challenger.weight',
      'must be at most 100 without a weight of the model, which has the rest, got the number 120; lower it, or write both weights',
    ],
  ],
  [
    `${GOOD}, challenger: { version: 4, weight: 0.1 }`,
    ['.challenger.weight', 'must be a whole number from 0 to 1000000, got the number 0.1; write 10 for 10 %'],
  ],
  [`${GOOD}, challenger: { version: 4 }`, ['.challenger.weight', 'is missing; add for example weight: 10']],
  [
    `${GOOD}, instances: { min: 0 }`,
    [
      '.instances.min',
      'must be at least 1, got the number 0: who asks would wait for none; write 1 or more, or add asynchronous: {}',
    ],
  ],
  [
    `${GOOD}, instances: { min: 3, max: 2, target: 300 }`,
    ['.instances.max', 'must be at least the minimum 3, got the number 2; raise it'],
    ['.instances.target', 'has no effect without a max above min; remove it, or add max'],
  ],
  [
    `${GOOD}, instances: { min: 2, max: 6, target: 300, initial: 1 }`,
    [
      '.instances.initial',
      'must be at least the minimum 2: each deployment starts with it, got the number 1; write 2 or more, or remove it',
    ],
  ],
  [
    `${GOOD.replace('m5.large', 't2.medium')}, instances: { min: 2, max: 6, target: 300 }`,
    [
      '.instance',
      "must not be a burstable type while it is scaled: Application Auto Scaling takes none, got 'ml.t2.medium'; take another, for example ml.m5.large, or as many instances always",
    ],
  ],
  [
    `${GOOD}, instances: { min: 2, max: 6, target: 300 }, challenger: { version: 4, weight: 10, instance: ml.t2.medium }`,
    [
      '.challenger.instance',
      "must not be a burstable type while it is scaled: Application Auto Scaling takes none, got 'ml.t2.medium'; take another, for example ml.m5.large, or as many instances always",
    ],
  ],
  [
    `${GOOD}, instances: { min: 2, max: 6 }`,
    [
      '.instances',
      'is missing the target of its scaling; add what one instance was measured to bear, for example target: 300',
    ],
  ],
  [
    `${GOOD}, instances: { min: 2, target: 300 }`,
    ['.instances.target', 'has no effect without a max above min; remove it, or add max'],
  ],
  [
    `${GOOD}, instances: { min: 1, max: 6, target: 9, schedules: { day: { cron: "0 7 * * 1", min: 4, max: 2 } } }`,
    [
      '.instances.schedules.day.cron',
      "must be cron(...), as EventBridge Scheduler writes it, got '0 7 * * 1'; write cron(0 7 ? * MON *)",
    ],
    ['.instances.schedules.day.max', 'must be at least the minimum 4, got the number 2; raise it'],
  ],
  [
    `${GOOD}, challenger: { version: 4, weight: 10, instances: { min: 0 } }`,
    [
      '.challenger.instances.min',
      'must be at least 1, got the number 0: who asks would wait for none; write 1 or more, or add asynchronous: {}',
    ],
  ],
  [
    `${GOOD}, rollout: { canary: 10, linear: 20 }`,
    ['.rollout.linear', 'must not be beside canary, got both; keep one of canary, linear, rolling, allAtOnce'],
  ],
  [
    `${GOOD}, rollout: { canary: 60 }`,
    ['.rollout.canary', 'must be a whole number from 1 to 50, got the number 60; the nearest is 50'],
  ],
  [
    `${GOOD}, rollout: { canary: 0.1, rollback: { latencyMs: 0.3 } }`,
    ['.rollout.canary', 'must be a whole number from 1 to 50, got the number 0.1; write 10 for 10 %'],
    [
      '.rollout.rollback.latencyMs',
      'must be a whole number from 1 to 60000, got the number 0.3; write 300 for 300 milliseconds',
    ],
  ],
  [
    `${GOOD}, rollout: { canary: 0.9 }`,
    ['.rollout.canary', 'must be a whole number from 1 to 50, got the number 0.9; the nearest is 1'],
  ],
  [
    `${GOOD}, rollout: { canary: 10, bakeMinutes: 50 }`,
    [
      '.rollout.bakeMinutes',
      'must wait at most 45 minutes in all, because Terraform gives up on an endpoint after 60, got 55 minutes; shorten the waits, or take fewer steps',
    ],
  ],
  [
    `${GOOD}, rollout: { linear: 10 }`,
    [
      '.rollout',
      'must wait at most 45 minutes in all, because Terraform gives up on an endpoint after 60, got 105 minutes; shorten the waits, or take fewer steps',
    ],
  ],
  [
    `${GOOD}, rollout: { rolling: 50, finalBakeMinutes: 5 }`,
    ['.rollout.finalBakeMinutes', 'has no effect with rolling, which keeps no old instances; remove it'],
  ],
  [
    `${GOOD}, rollout: { allAtOnce: true, bakeMinutes: 5 }`,
    ['.rollout.bakeMinutes', 'has no effect with allAtOnce, which has no steps; use finalBakeMinutes'],
  ],
  [
    `${GOOD}, rollout: { canary: 5, rollback: { errorPercent: 10 } }`,
    [
      '.rollout.rollback.errorPercent',
      'must be less than the 5 % of the requests that a step takes: more never fail while it is watched, got 10 %; lower it, or take a larger step',
    ],
  ],
  [
    `${GOOD}, rollout: { canary: 1 }`,
    [
      '.rollout.canary',
      'must be less than the 1 % of the requests that a step takes: more never fail while it is watched, got 1 %; lower it, or take a larger step',
    ],
  ],
  [
    `${GOOD}, rollout: { rollback: { alarms: [a, b, c, d, e, f, g, h, i, j] } }`,
    ['.rollout.rollback.alarms', 'must be at most 9 beside the 1 of the model, got 10; combine some into one'],
  ],
  [`${GOOD}, smoke: {}`, ['.smoke.samples', 'is missing; add for example samples: churn/smoke.json']],
  [
    `${GOOD}, smoke: { samples: churn/smoke.csv }`,
    [
      '.smoke.samples',
      "must be the key of a JSON file such as card-fraud/smoke.json, got 'churn/smoke.csv'; write for example churn/smoke.json",
    ],
  ],
  [
    `${GOOD}, smoke: { samples: churn/smoke.json, latencyMs: 60001 }`,
    ['.smoke.latencyMs', 'must be a whole number from 1 to 60000, got the number 60001; the nearest is 60000'],
  ],
  [
    `${GOOD}, rollout: { bakeMinutes: 4 }, smoke: { samples: churn/smoke.json }`,
    [
      '.smoke',
      "must have a first step of at least 5 minutes, or nothing is left to roll back when it fails, got 4 minutes; raise 'bakeMinutes' of the rollout, or remove the test",
    ],
  ],
  [
    `${GOOD}, rollout: { allAtOnce: true, finalBakeMinutes: 0 }, smoke: { samples: churn/smoke.json }`,
    [
      '.smoke',
      "must have a first step of at least 5 minutes, or nothing is left to roll back when it fails, got 0 minutes; raise 'finalBakeMinutes' of the rollout, or remove the test",
    ],
  ],
  [
    `${ASYNCHRONOUS}, smoke: { samples: churn/smoke.json }`,
    [
      '.smoke',
      'must not be set on an asynchronous endpoint, whose answers come when they come, got both; remove it, and watch the failures in its bucket',
    ],
  ],
  [
    `${GOOD}, rollout: { rollback: { alarms: [a, b, c, d, e, f, g, h, i] } }, smoke: { samples: churn/smoke.json }`,
    ['.rollout.rollback.alarms', 'must be at most 8 beside the 2 of the model, got 9; combine some into one'],
  ],
  [
    `${GOOD}, door: {}`,
    ['.door', 'is missing who may ask; add callers or cognito'],
    ['.door', 'is missing from where it is reached; add vpcEndpoints or webAcl'],
  ],
  [
    `${GOOD}, door: { ${DOOR}, cognito: { pools: [${POOL}] }, webAcl: ${ACL} }`,
    ['.door.cognito', 'must not be beside callers, got both; keep one'],
    ['.door.webAcl', 'must not be beside vpcEndpoints, got both; keep one'],
  ],
  [
    `${ASYNCHRONOUS}, door: { ${DOOR} }`,
    [
      '.door',
      'must not be beside asynchronous, whose answers come later, got both; remove it, and let clients write requests to the bucket',
    ],
  ],
  [
    `${GOOD}, door: { ${DOOR.replace('role/shop', 'root')} }`,
    [
      '.door.callers[0]',
      "must be the ARN of a role or user such as arn:aws:iam::444455556666:role/shop, got 'arn:aws:iam::444455556666:root'; correct it, or remove it",
    ],
  ],
  [
    `${GOOD}, door: { ${DOOR.replace('role/shop', 'role/*')} }`,
    [
      '.door.callers[0]',
      "must be the ARN of a role or user such as arn:aws:iam::444455556666:role/shop, got 'arn:aws:iam::444455556666:role/*'; correct it, or remove it",
    ],
  ],
  [
    `${GOOD}, door: { ${DOOR.replace(/\[.*?\]/, '[]')} }`,
    ['.door.callers', 'must be a list of 1 to 20 roles and users, got an empty list; add an item'],
  ],
  [
    `${GOOD}, door: { ${DOOR.replace('vpce-0a1b2c3d', 'vpc-0a1b2c3d')} }`,
    [
      '.door.vpcEndpoints[0]',
      "must be the id of an endpoint of execute-api such as vpce-0a1b2c3d4e5f60718, got 'vpc-0a1b2c3d'; correct it, or remove it",
    ],
  ],
  [
    `${GOOD}, door: { cognito: { pools: [${POOL}] }, webAcl: ${ACL.replace('eu-north-1', 'eu-west-1')} }`,
    [
      '.door.webAcl',
      `must be in region eu-north-1, got '${ACL.slice(1, -1).replace('eu-north-1', 'eu-west-1')}'; use one in that region`,
    ],
  ],
  [
    `${GOOD}, door: { cognito: { pools: [${POOL}] }, webAcl: ${ACL.replace('regional', 'global')} }`,
    [
      '.door.webAcl',
      "must be the ARN of a regional web ACL such as arn:aws:wafv2:eu-north-1:111122223333:regional/webacl/name/id, got 'arn:aws:wafv2:eu-north-1:111122223333:global/webacl/acme/123…'; correct it",
    ],
  ],
  [
    `${GOOD}, door: { cognito: { pools: [eu-north-1_AbCdEf] }, webAcl: ${ACL} }`,
    [
      '.door.cognito.pools[0]',
      "must be the ARN of a user pool such as arn:aws:cognito-idp:eu-north-1:111122223333:userpool/eu-north-1_AbCdEf, got 'eu-north-1_AbCdEf'; correct it, or remove it",
    ],
  ],
  [
    `${GOOD}, door: { cognito: { pools: [${POOL}], scopes: ["models ask"] }, webAcl: ${ACL} }`,
    ['.door.cognito.scopes[0]', "must be a scope such as models/ask, got 'models ask'; write models-ask"],
  ],
  [
    `${GOOD}, door: { ${DOOR}, clients: { shop: { requestsPerSecond: 60 } } }`,
    [
      '.door.clients.shop.requestsPerSecond',
      'must be at most 50, the requestsPerSecond of all together, got the number 60; lower it, or raise that of the door',
    ],
  ],
  [
    `${GOOD}, door: { ${DOOR}, clients: { shop: {} } }`,
    ['.door.clients.shop.requestsPerSecond', 'is missing; add for example requestsPerSecond: 20'],
  ],
  [
    `${GOOD}, door: { ${DOOR}, requestsPerSecond: 10001 }`,
    ['.door.requestsPerSecond', 'must be a whole number from 1 to 10000, got the number 10001; the nearest is 10000'],
  ],
  [
    `${GOOD}, door: { ${DOOR}, logDays: 100 }`,
    [
      '.door.logDays',
      'must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got the number 100; the nearest is 90',
    ],
  ],
  [
    `${GOOD}, experiment: { ${PLAN} }`,
    ['.experiment', 'needs a challenger, which is compared with the model; add challenger'],
    ['.experiment', 'needs captured requests, which it reads; add capture: { sampling: 100 }'],
  ],
  [
    `${TRIED.replace('100', '50')}, experiment: { ${PLAN} }`,
    [
      '.capture.sampling',
      'must be 100 with an experiment: of a part, units with many requests are seen more often, got the number 50; write 100, or remove the experiment',
    ],
  ],
  [
    `${TRIED.replace('sampling: 100', 'days: 30')}, experiment: { ${PLAN} }`,
    [
      '.capture',
      'must be 100 with an experiment: of a part, units with many requests are seen more often, got the number 20; write 100, or remove the experiment',
    ],
  ],
  [
    `${TRIED.replace('100', '100, days: 16')}, experiment: { ${PLAN} }`,
    [
      '.capture.days',
      'must be at least 17, until the outcomes of the experiment are known, got the number 16; raise it, or end the experiment earlier',
    ],
  ],
  [
    `${TRIED}, experiment: { ${PLAN.replace('11-16', '10-16')} }`,
    [
      '.experiment.end',
      "must be after the start 2026-11-02T00:00:00Z, got '2026-10-16T00:00:00Z'; write a later instant",
    ],
  ],
  [
    `${TRIED}, experiment: { ${PLAN.replace('11-16T00:00:00Z', '11-31T00:00:00Z')} }`,
    [
      '.experiment.end',
      "must be an instant with its zone, got '2026-11-31T00:00:00Z'; write one such as 2026-11-01T00:00:00Z",
    ],
  ],
  [
    `${TRIED}, experiment: { ${PLAN}, hashed: true }`,
    [
      '.experiment.hashed',
      'must not be true without unit: a request has no variant by its id, got true; add unit, or remove it',
    ],
  ],
  [
    `${TRIED}, experiment: { ${PLAN}, share: 20 }`,
    [
      '.experiment.share',
      'must be the 10 % of its weight, by which SageMaker deals requests out, got the number 20; remove it, or add unit, by which clients deal them out',
    ],
  ],
  [
    `${TRIED.replace('weight: 10', 'weight: 0')}, experiment: { ${PLAN}, unit: customer }`,
    ['.experiment', 'is missing its share, because one of the weights is 0; add share, for example share: 10'],
  ],
  [
    `${TRIED}, experiment: { ${PLAN}, guards: [{ ${METRIC} }] }`,
    ['.experiment.guards[0].name', "must be the name of one metric, got 'conversion' again; write another"],
  ],
  [
    `${TRIED}, experiment: { ${PLAN.replace('ml.m5.large', 'ml.m7i.large')} }`,
    [
      '.experiment.instance',
      "must be one of training.instances (ml.m5.large, ml.m5.xlarge, ml.g4dn.xlarge), got 'ml.m7i.large'; add it there, or choose one of them",
    ],
  ],
  [
    `${TRIED}, experiment: { ${PLAN}, unit: customer id }`,
    [
      '.experiment.unit',
      "must be up to 64 letters, digits and ._-, beginning with a letter, got 'customer id'; write customer-id",
    ],
  ],
  [
    `${TRIED}, experiment: { ${PLAN}, level: 0.7 }`,
    ['.experiment.level', 'must be a number from 0.000001 to 0.5, got the number 0.7; the nearest is 0.5'],
  ],
  [
    `${TRIED}, experiment: { ${PLAN.replace('effect: 0.01', 'effect: 0')} }`,
    [
      '.experiment.primary.effect',
      'must be a number from 1e-12 to 1000000000000, got the number 0; write for example 0.01',
    ],
  ],
  [
    `${TRIED}, experiment: { ${PLAN.replace('effect: 0.01', 'effect: 5')} }`,
    [
      '.experiment.primary.effect',
      'must be below 1 of a proportion, where 0.01 is a percentage point, got the number 5; write 0.05 for example',
    ],
  ],
  [
    `${TRIED}, experiment: { ${PLAN.replace('fixed', 'peek')} }`,
    ['.experiment.design', "must be one of fixed, sequential, got 'peek'; write for example sequential"],
  ],
  [
    `${TRIED}, experiment: { ${PLAN.replace('zone: curated', 'zone: none')} }`,
    ['.experiment.outcomes.zone', "must be a name under lake.zones, got 'none'; use one of raw, curated"],
  ],
  [
    `${TRIED}, experiment: { ${PLAN}, cron: rate(1 day) }`,
    [
      '.experiment.cron',
      "must be cron(...), as EventBridge Scheduler writes it, got 'rate(1 day)'; write minutes, hours, day of the month, month, day of the week, year: cron(0 3 ? * MON *)",
    ],
  ],
  [
    `${TRIED}, experiment: { ${PLAN.replace(', kind: proportion', '')} }`,
    ['.experiment.primary.kind', 'is missing; add for example kind: proportion'],
  ],
  [
    `${GOOD}, batch: { ${FOLDERS}, instance: ml.m5.xlarge }`,
    ['.batch.cron', 'is missing; add for example cron: cron(0 3 * * ? *)'],
  ],
  [
    `${GOOD}, batch: { ${BATCH.replace('zone: raw', 'zone: none')} }`,
    ['.batch.input.zone', "must be a name under lake.zones, got 'none'; use one of raw, curated"],
  ],
  [
    `${GOOD}, batch: { ${BATCH.replace('churn/requests', 'churn/requests/')} }`,
    ['.batch.input.prefix', `${PREFIX}, got 'churn/requests/'; write churn/requests`],
  ],
  [
    `${GOOD}, batch: { ${BATCH.replace('churn/answers', 'churn/requests/answers')} }`,
    [
      '.batch.output.prefix',
      "must not be in the folder of the input, got 'churn/requests/answers': a run would be asked about the answers of another; use another folder",
    ],
  ],
  [
    `${GOOD}, batch: { ${BATCH}, contentType: application/json }`,
    [
      '.batch.contentType',
      'must be of one type that has lines, text/csv or application/jsonlines, on both sides, got application/json and application/json; take one of them for both, or do not join',
    ],
  ],
  [
    `${GOOD}, batch: { ${BATCH}, accept: application/json, join: true }`,
    [
      '.batch.join',
      'must be of one type that has lines, text/csv or application/jsonlines, on both sides, got text/csv and application/json; take one of them for both, or do not join',
    ],
  ],
  [
    `${GOOD}, batch: { ${BATCH.replace('ml.m5.xlarge', 'ml.p5.48xlarge')} }`,
    [
      '.batch.instance',
      "must be one of training.instances (ml.m5.large, ml.m5.xlarge, ml.g4dn.xlarge), got 'ml.p5.48xlarge'; add it there, or choose one of them",
    ],
  ],
  [
    `${GOOD}, batch: { ${BATCH.replace('* * ?', '* * *')} }`,
    [
      '.batch.cron',
      "must have ? as exactly one of its two days, got '*' and '*'; write minutes, hours, day of the month, month, day of the week, year: cron(0 3 ? * MON *)",
    ],
  ],
  [
    `${GOOD}, batch: { ${BATCH}, timezone: Europe/Stokholm }`,
    [
      '.batch.timezone',
      "must be a time zone of the IANA database, got 'Europe/Stokholm'; write its continent and city, such as Europe/Stockholm",
    ],
  ],
  [
    `${GOOD}, capture: { days: 30 }, batch: { ${BATCH.replace(/(output: \{[^}]*prefix: )[^ }]+/, '$1captured/churn')} }`,
    [
      '.batch.output.prefix',
      "must not be in the folder captured, whose files are the tables of captured requests, got 'captured/churn'; use another folder",
    ],
  ],
  [
    `${GOOD}, batch: { ${BATCH}, count: 101 }`,
    ['.batch.count', 'must be a whole number from 1 to 100, got the number 101; the nearest is 100'],
  ],
  [
    `${GOOD}, batch: { ${BATCH}, maxRunHours: 0 }`,
    ['.batch.maxRunHours', 'must be a whole number from 1 to 672, got the number 0; the nearest is 1'],
  ],
  [
    `${GOOD}, batch: { ${BATCH}, inputFilter: "[1:]" }`,
    [
      '.batch.inputFilter',
      'must be a JSONPath of at most 63 characters such as $[1:], got \'[1:]\'; write for example "$[1:]"',
    ],
  ],
  [`${GOOD}, classification: personal`, ['.classification', 'has no effect without capture; remove it']],
  [
    `${GOOD}, classification: personal, capture: {}`,
    [
      '.classification',
      "must not be above confidential, the classification of zone raw, got 'personal'; use another zone or raise its classification",
    ],
    [
      '.capture',
      'is missing its days, because requests and answers are personal data; add days, after which they are deleted',
    ],
  ],
  [
    `${GOOD}, capture: { zone: gold }`,
    ['.capture.zone', "must be a name under lake.zones, got 'gold'; use one of raw, curated"],
  ],
  [
    `${GOOD}, capture: { sampling: 0 }`,
    ['.capture.sampling', 'must be a whole number from 1 to 100, got the number 0; the nearest is 1'],
  ],
  [
    `${GOOD}, logDays: 31`,
    [
      '.logDays',
      'must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, got the number 31; the nearest is 30',
    ],
  ],
];

const faults = (text: string) =>
  errorOf(() => parseEnvironment(text, 'dev.yaml'))
    .split('\n')
    .slice(1);

test.each(BAD.map(([text, ...errors]) => [text, errors] as const))(
  'models.churn: { %s } is refused',
  (text, errors) => {
    const lines = faults(file(text));
    expect(lines.map((line) => line.replace(/^dev\.yaml:\d+:\d+ /, ''))).toEqual(
      errors.map(([key, message]) => `models.churn${key}: ${message}`),
    );
    for (const line of lines) expect(line).toMatch(new RegExp(`^dev\\.yaml:${LINE}:\\d+ `));
  },
);

test.each([
  GOOD,
  SERVERLESS,
  ASYNCHRONOUS,
  `${ASYNCHRONOUS}, instances: { min: 0, max: 4, target: 5 }`,
  `${GOOD}, challenger: { version: 4, weight: 0 }`,
  `${GOOD}, weight: 2, challenger: { version: 4, weight: 1 }`,
  `${GOOD}, shadow: { version: 4, percent: 20 }, capture: { days: 30 }`,
  `${NO_SOURCE}, ${FROM}`,
  `${TRIED}, experiment: { ${PLAN} }`,
  `${TRIED}, experiment: { ${PLAN}, share: 10 }`,
  `${TRIED.replace('weight: 10', 'weight: 0')}, experiment: { ${PLAN}, unit: customer, share: 50, guards: [{ ${METRIC.replace('conversion', 'refund')} }] }`,
  `${GOOD}, door: { ${DOOR}, requestsPerSecond: 60, clients: { shop: { requestsPerSecond: 60 } } }`,
  `${SERVERLESS}, door: { cognito: { pools: [${POOL}], scopes: [openid, models/ask] }, webAcl: ${ACL} }`,
  `${NO_SOURCE}, store: churn, image: "train@${DIGEST}", variables: { MODE: fast }`,
  `${GOOD}, rollout: { rolling: 50, rollback: { alarms: [orders] } }`,
  `${GOOD}, rollout: { allAtOnce: true }, isolated: false`,
])('models.churn: { %s } is accepted', (text) => {
  expect(() => parseEnvironment(file(text), 'dev.yaml')).not.toThrow();
});

test('one instance is refused where size is large, and is two by default', () => {
  const large = { 'owner: ml@acme.example': 'owner: ml@acme.example\nsize: large' };
  const lines = faults(file(`${GOOD}, instances: { min: 1 }`, large));
  expect(lines).toEqual([
    'dev.yaml:34:94 models.churn.instances.min: must be at least 2 in an environment of size large, got the number 1: the loss of a zone would be an outage; write 2 or more',
  ]);
  expect(parseEnvironment(file(GOOD, large), 'dev.yaml').models.churn!.instances).toEqual({ min: 2 });
  expect(parseEnvironment(file(GOOD), 'dev.yaml').models.churn!.instances).toEqual({ min: 1 });
});

test('predictions for files need training, in whose network they run', () => {
  const image = `team: fraud, image: "train@${DIGEST}", instance: ml.m5.large`;
  const lines = faults(file(`${image}, batch: { ${BATCH} }`, { [PIPELINE]: '' }));
  expect(lines).toEqual([
    expect.stringMatching(/ models\.churn\.batch: needs training, in whose network its jobs run; add training$/),
  ]);
});

test('captured personal data needs an end; that of its zone is one', () => {
  const personal = (zone: string) =>
    file(`${GOOD}, capture: {}`, { 'raw: {}': `raw: { classification: personal${zone} }` });
  expect(faults(personal(''))).toHaveLength(1);
  expect(() => parseEnvironment(personal(', expireAfterDays: 90'), 'dev.yaml')).not.toThrow();
});

test('a table that the file has is not made again for captured data', () => {
  const [line] = faults(file(`${GOOD}, capture: {}`, { 'orders:\n': 'captured_churn:\n' }));
  expect(line).toContain(
    'models.churn.capture: makes the table captured_churn in zone raw, which lake.tables has too; rename that table, or capture into another zone',
  );
});

test('days of captured data have no effect in a bucket that exists, and are refused', () => {
  const [line] = faults(
    file(`${GOOD}, capture: { days: 30 }`, { 'raw: {}': 'raw: { bucketArn: "arn:aws:s3:::acme-landing" }' }),
  );
  expect(line).toContain(
    'models.churn.capture.days: has no effect in zone raw, whose bucket exists already; remove it, and add a rule for the folder captured there',
  );
});

test('names of endpoints, models and configurations fit with the prefix and a hash', () => {
  const name = 'a'.repeat(45);
  const [line] = faults(file(GOOD).replace('churn: { team: fraud, package', `${name}: { team: fraud, package`));
  expect(line).toMatch(
    /models\.a+: makes the SageMaker model name '.*' of 72 characters, the limit is 63; shorten it by 9$/,
  );
});

test('clients of doors have names of their own in the region', () => {
  const door = (client: string) => `{ ${DOOR}, clients: { ${client}: { requestsPerSecond: 5 } } }`;
  const two = file(`${GOOD}, door: ${door('a-b')}`).replace(
    'models:\n',
    `models:\n  churn-a: { ${GOOD}, door: ${door('b')} }\n`,
  );
  expect(faults(two)).toEqual([
    expect.stringMatching(/models\.churn\.door\.clients\.a-b: makes the client of a door name 'acme-dev-churn-a-b'/),
  ]);
});

test('captured data is kept no longer than its zone keeps files', () => {
  const kept = (expireAfterDays: number) =>
    file(`${GOOD}, capture: { days: 30 }`).replace(/raw: \{[^}]*\}/, `raw: { expireAfterDays: ${expireAfterDays} }`);
  expect(() => parseEnvironment(kept(30), 'dev.yaml')).not.toThrow();
  expect(errorOf(() => parseEnvironment(kept(7), 'dev.yaml'))).toContain(
    'models.churn.capture.days: must be at most 7, because zone raw deletes its files then, got the number 30; lower it, or raise expireAfterDays of the zone',
  );
});

test('two experiments with one name are one error', () => {
  const tried = `${TRIED}, experiment: { ${PLAN} }`;
  const twice = file(`${tried} }\n  second: { ${tried}`);
  const lines = errorOf(() => parseEnvironment(twice, 'dev.yaml')).split('\n');
  expect(lines.filter((line) => line.includes('models.second.experiment'))).toEqual([
    expect.stringContaining('which models.churn.experiment.name also makes; choose another name'),
  ]);
});
