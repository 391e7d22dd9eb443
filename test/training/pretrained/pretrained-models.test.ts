import '../../../lib/testing/jest';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { AwsStack } from '../../../lib/aws/aws-stack';
import { missingMetadata } from '../../../lib/registry/packages/package-limits';
import { Bucket } from '../../../lib/storage/bucket';
import { Template } from '../../../lib/testing';
import { DEFAULT_LICENCES } from '../../../lib/training/pretrained/pretrained-limits';
import {
  type PretrainedModelProps,
  PretrainedModels,
  type PretrainedModelsProps,
} from '../../../lib/training/pretrained/pretrained-models';
import { describeWith } from '../../support/machine';
import { acmeStack, DECRYPT, ENCRYPT, keyIn, READ, roleIn, WRITE } from '../../support/stack';

const COMMIT = '12040accade4e8a0f71eabdb258fecc2e7e948be';
const bert: PretrainedModelProps = {
  source: 'https://huggingface.co/distilbert/distilbert-base-uncased',
  revision: COMMIT,
  licence: 'Apache-2.0',
  sha256: 'a'.repeat(64),
  layout: 'hugging-face',
};
const resnet: PretrainedModelProps = {
  source: 'https://download.pytorch.org/models/resnet18-f37072fd.pth',
  revision: 'f37072fd',
  licence: 'BSD-3-Clause',
  sha256: 'b'.repeat(64),
  layout: 'torch',
  teams: ['vision'],
};
const mirrorIn = (s: AwsStack, props: Partial<PretrainedModelsProps> = {}) =>
  new PretrainedModels(s, 'Pretrained', {
    ...props,
    encryptionKey: props.encryptionKey ?? keyIn(s),
    models: props.models ?? { bert, resnet },
  });

describe('a mirror of pretrained models', () => {
  const s = acmeStack();
  const mirror = mirrorIn(s);
  const template = Template.synth(s);

  test('keeps a record at the folder of each model: source, revision, licence and checksum', () => {
    const records = template.all('aws_s3_object');
    expect(records.map(({ key }) => key)).toEqual([
      `pretrained/bert/${COMMIT}/model.json`,
      'pretrained/resnet/f37072fd/model.json',
    ]);
    expect(JSON.parse(records[0]!.content)).toEqual({ name: 'bert', ...bert });
    expect(JSON.parse(records[1]!.content)).not.toHaveProperty('teams');
  });

  test('encrypts them with its key, in a bucket that is kept', () => {
    expect(template.one('aws_s3_bucket').lifecycle).toEqual({ prevent_destroy: true });
    expect(template.all('aws_s3_object').map(({ kms_key_id }) => kms_key_id)).toEqual(
      Array(2).fill(expect.stringMatching(/^\$\{aws_kms_key\.Key_/)),
    );
  });

  test('gives a job the folder of the model as a channel', () => {
    expect(mirror.model('bert').dataSource.channel('base-model')).toMatchObject({
      DataSource: { S3DataSource: { S3DataType: 'S3Prefix' } },
    });
    expect(mirror.model('bert').uri).toMatch(new RegExp(`/pretrained/bert/${COMMIT}/$`));
  });

  test('tells libraries where the channel holds their cache, and not to ask their hub', () => {
    expect(mirror.model('bert').environment()).toEqual({
      PRETRAINED_MODEL: '/opt/ml/input/data/base-model',
      PRETRAINED_MODEL_SHA256: bert.sha256,
      PRETRAINED_MODEL_LICENCE: 'Apache-2.0',
      HF_HUB_OFFLINE: '1',
      HF_DATASETS_OFFLINE: '1',
      TRANSFORMERS_OFFLINE: '1',
      HF_HUB_CACHE: '/opt/ml/input/data/base-model',
    });
    expect(mirror.model('resnet').environment('weights')).toMatchObject({ TORCH_HOME: '/opt/ml/input/data/weights' });
  });

  test('sets no cache of a hub for a model in a folder of its own layout', () => {
    const { layout: _, ...files } = bert;
    const plain = mirrorIn(acmeStack(), { models: { bert: files } })
      .model('bert')
      .environment();
    expect(Object.keys(plain).filter((name) => /CACHE|HOME|DATA$/.test(name))).toEqual([]);
  });

  test('has a licence that the metadata of a package accepts', () => {
    for (const licence of DEFAULT_LICENCES) {
      expect(missingMetadata({ baseModelLicence: licence }, ['baseModelLicence'])).toEqual([]);
    }
  });
});

describe('the parameter of a pipeline', () => {
  const s = acmeStack();
  const mirror = mirrorIn(s, {
    models: { bert, gpt: { ...bert, teams: ['ads'] }, resnet, roberta: { ...bert, revision: 'f'.repeat(40) } },
  });

  test('is the folder of the model, and admits only models of its licence that the team may read', () => {
    const parameter = mirror.parameter('bert', 'fraud');
    expect(parameter.toJSON()).toEqual({ Get: 'Parameters.BaseModel' });
    expect(parameter.declaration).toEqual({
      Name: 'BaseModel',
      Type: 'String',
      DefaultValue: mirror.model('bert').uri,
      EnumValues: [mirror.model('bert').uri, mirror.model('roberta').uri],
    });
    expect(mirror.parameter('bert').declaration).toHaveProperty('EnumValues.length', 3);
  });

  test('is refused for a team that may not read the model, and for a model that is not there', () => {
    expect(() => mirror.parameter('resnet', 'fraud')).toThrow(
      "pretrained model 'resnet' is not for team 'fraud'; add the team to its 'teams'",
    );
    expect(() => mirror.parameter('bart')).toThrow(
      "there is no pretrained model 'bart'; use one of bert, gpt, resnet, roberta, or declare it",
    );
  });
});

describe('grants', () => {
  const given = (give: (mirror: PretrainedModels, role: ReturnType<typeof roleIn>) => void) => {
    const s = acmeStack();
    const bucket = Bucket.fromBucketAttributes(s, 'Models', {
      bucketArn: 'arn:aws:s3:::acme-models',
      encryptionKey: keyIn(s),
    });
    const mirror = mirrorIn(s, { bucket, encryptionKey: bucket.encryptionKey! });
    const role = roleIn(s);
    give(mirror, role);
    return Template.synth(s).policyOf(role);
  };
  const bertObjects = `arn:aws:s3:::acme-models/pretrained/bert/${COMMIT}/*`;

  test('let a team read the models that are for it, and no other', () => {
    const fraud = given((mirror, role) => mirror.grantTeam(role, 'fraud'));
    expect(fraud).toAllow({ actions: READ, resources: bertObjects });
    expect(fraud).not.toAllow({
      actions: 's3:GetObject',
      resources: 'arn:aws:s3:::acme-models/pretrained/resnet/f37072fd/*',
    });
    const vision = given((mirror, role) => mirror.grantTeam(role, 'vision'));
    expect(vision).toAllow({ actions: READ, resources: 'arn:aws:s3:::acme-models/pretrained/resnet/f37072fd/*' });
  });

  test('let who brings models write, and not delete', () => {
    const importer = given((mirror, role) => mirror.grantImport(role));
    expect(importer).toAllow({ actions: [...READ, ...WRITE], resources: 'arn:aws:s3:::acme-models/pretrained/*' });
    expect(importer.statements.flatMap(({ actions }) => actions)).toEqual(
      expect.arrayContaining([...DECRYPT, ...ENCRYPT]),
    );
    expect(JSON.stringify(importer.statements)).not.toContain('Delete');
  });
});

describe('a mirror is refused', () => {
  const errorOf = (model: object, props: Partial<PretrainedModelsProps> = {}) => {
    try {
      mirrorIn(acmeStack(), { models: { bert: { ...bert, ...model } }, ...props });
    } catch (error) {
      return (error as Error).message.split('\n').slice(1);
    }
    throw new Error('accepted');
  };

  test('with a licence that is not accepted, with all that is', () => {
    expect(errorOf({ licence: 'CC-BY-NC-4.0' }, { licences: ['MIT', 'Apache-2.0'] })).toEqual([
      "  - 'models.bert.licence' must be one of MIT, Apache-2.0, got 'CC-BY-NC-4.0'; if your organization accepts the licence, add it to licences; otherwise use another model",
    ]);
  });

  test('with a branch of a hub, which moves', () => {
    expect(errorOf({ revision: 'main' })).toEqual([
      "  - 'models.bert.revision' must be a commit of 40 hexadecimal digits, got 'main'; a branch or a tag of Hugging Face can move",
    ]);
  });

  test('with one error for all that is wrong or missing', () => {
    expect(
      errorOf({ source: 'hf:bert', revision: undefined, sha256: 'abc', layout: 'zip', licence: 'Apache 2' }),
    ).toEqual([
      "  - 'models.bert.revision' must be set, got undefined",
      "  - 'models.bert.source' must be an https:// or s3:// address without a query, got 'hf:bert'",
      "  - 'models.bert.licence' must be the SPDX name of one licence such as Apache-2.0, or LicenseRef- and a name for one without, got 'Apache 2'",
      expect.stringContaining("'models.bert.licence' must be one of Apache-2.0, BSD-2-Clause"),
      "  - 'models.bert.sha256' must be a SHA-256 of 64 lower-case hexadecimal digits, as `mirror.py digest` prints it, got 'abc'",
      expect.stringContaining("'models.bert.layout' must be one of files, hugging-face"),
    ]);
  });
});

describeWith(['python'], 'the program of the mirror', () => {
  test('passes its own tests', () => {
    const { status, stderr } = spawnSync('python3', [join(__dirname, 'mirror_test.py')], { encoding: 'utf8' });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
