import { parseEnvironment } from '../../../stacks/environment';
import { errorOf, GOOD } from '../environment-text';

const COMMIT = '12040accade4e8a0f71eabdb258fecc2e7e948be';
const DIGEST = 'a'.repeat(64);
const model = (changes: Record<string, string> = {}) => {
  const keys = {
    source: 'https://huggingface.co/acme/bert',
    revision: `"${COMMIT}"`,
    licence: 'Apache-2.0',
    sha256: `"${DIGEST}"`,
    ...changes,
  };
  const written = Object.entries(keys).filter(([, value]) => value !== '');
  return `{ models: { bert: { ${written.map(([key, value]) => `${key}: ${value}`).join(', ')} } } }`;
};

/** What is written under `training.pretrained`, and the error without its place. */
const BAD_MODELS: readonly (readonly [string, string])[] = [
  [
    model({ licence: 'CC-BY-NC-4.0' }),
    "training.pretrained.models.bert.licence: must be one of Apache-2.0, BSD-2-Clause, BSD-3-Clause, BSL-1.0, CC-BY-4.0, CC0-1.0, ISC, MIT, Unlicense, Zlib, got 'CC-BY-NC-4.0'; if your organization accepts the licence, add it to licences; otherwise use another model",
  ],
  [
    model().replace('{ models', '{ licences: [MIT], models'),
    "training.pretrained.models.bert.licence: must be one of MIT, got 'Apache-2.0'; if your organization accepts the licence, add it to licences; otherwise use another model",
  ],
  [model({ licence: '' }), 'training.pretrained.models.bert.licence: is missing; add for example licence: Apache-2.0'],
  [
    model({ licence: '"Apache 2.0"' }),
    "training.pretrained.models.bert.licence: must be the SPDX name of one licence such as Apache-2.0, or LicenseRef- and a name for one without, got 'Apache 2.0'; did you mean 'Apache-2.0'?",
  ],
  [
    model({ revision: 'main' }),
    "training.pretrained.models.bert.revision: must be a commit of 40 hexadecimal digits, got 'main'; a branch or a tag of Hugging Face can move",
  ],
  [
    model({ source: 'acme/bert' }),
    "training.pretrained.models.bert.source: must be an https:// or s3:// address without a query, got 'acme/bert'; write for example https://huggingface.co/distilbert/distilbert-base-uncased",
  ],
  [
    model({ sha256: 'abc' }),
    "training.pretrained.models.bert.sha256: must be a SHA-256 of 64 lower-case hexadecimal digits, as `mirror.py digest` prints it, got 'abc'; write for example 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  ],
  [
    model({ layout: 'hugging_face' }),
    "training.pretrained.models.bert.layout: must be one of files, hugging-face, sentence-transformers, torch, keras, tensorflow-hub, nltk, got 'hugging_face'; did you mean 'hugging-face'?",
  ],
  [
    model({ teams: '[risk]' }),
    "training.pretrained.models.bert.teams[0]: must be a name under teams, got 'risk'; use one of fraud",
  ],
  [
    model({ teams: '[]' }),
    'training.pretrained.models.bert.teams: must name at least one team, got none; add one, or remove the key for all teams',
  ],
];

/** What is written under `training.notebooks`, and the errors without their places. */
const BAD_NOTEBOOKS: readonly (readonly [string, ...string[]])[] = [
  [
    '{ idleMinutes: 30 }',
    'training.notebooks.idleMinutes: must be a whole number from 60 to 525600, got the number 30; the nearest is 60',
  ],
  [
    '{ spaceGb: 200, maxSpaceGb: 100 }',
    'training.notebooks.maxSpaceGb: must be at least spaceGb 200, got 100; raise it, or lower spaceGb',
  ],
  [
    '{ instances: [ml.t3.medium, ml.t3.medium] }',
    "training.notebooks.instances[1]: must be listed once, got 'ml.t3.medium' again; remove one",
  ],
  [
    '{ instances: [] }',
    'training.notebooks.instances: must name at least one type, got none; add one, or remove the key',
  ],
  [
    '{ teams: { fraud: { instances: [t3.medium] } } }',
    "training.notebooks.teams.fraud.instances[0]: must be a SageMaker instance type such as ml.m5.xlarge, got 't3.medium'; correct it, or remove it",
  ],
  [
    '{ teams: { risk: {} } }',
    "training.notebooks.teams.risk: must be a name under teams, got 'risk'; use one of fraud",
  ],
  ['{ teams: {} }', 'training.notebooks: needs a team; add one under teams'],
  ['{ auth: LDAP }', "training.notebooks.auth: must be one of IAM, SSO, got 'LDAP'; choose one of them"],
  [
    '{ auth: SSO }',
    "training.notebooks: of team 'fraud' must have members with auth SSO: a profile belongs to one user of IAM Identity Center; list them",
  ],
  [
    '{ teams: { fraud: { members: [ada, ada] } } }',
    "training.notebooks.teams.fraud.members[1]: makes the profile 'fraud-ada', which ada of fraud has too; choose another name",
  ],
  [
    `{ teams: { fraud: { members: [${'a'.repeat(60)}] } } }`,
    `training.notebooks.teams.fraud.members[0]: makes the profile 'fraud-${'a'.repeat(60)}' of 66 characters, the limit is 63; shorten it by 3`,
  ],
];

const errorsOf = (text: string) =>
  errorOf(() => parseEnvironment(`${GOOD}training: ${text}\n`, 'dev.yaml'))
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^dev\.yaml:20:\d+ /, ''));

test.each(BAD_MODELS)('pretrained: %s', (text, message) => {
  expect(errorsOf(`{ pretrained: ${text} }`)).toEqual([message]);
});

test.each(BAD_NOTEBOOKS)('notebooks: %s', (text, ...messages) => {
  expect(errorsOf(`{ notebooks: ${text} }`)).toEqual(messages);
});

test('the endpoints that notebooks need must be among those that the file names without NAT', () => {
  const base = 'sts, ecr.api, ecr.dkr, logs, kms, secretsmanager';
  const text = GOOD.replace('10.20.0.0/16', `10.20.0.0/16\n  nat: none\n  endpoints: [${base}]`);
  expect(errorOf(() => parseEnvironment(`${text}training: { notebooks: {} }\n`, 'dev.yaml'))).toBe(
    'dev.yaml: 1 error\ndev.yaml:9:14 network.endpoints: must include sagemaker.api, sagemaker.runtime, sagemaker.studio if nat is none, because training (Notebooks: a SageMaker domain in VPC only mode) calls them; add them, or remove endpoints to have all that are needed',
  );
});
