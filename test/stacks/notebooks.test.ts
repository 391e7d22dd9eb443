import '../../lib/testing/jest';
import { Template, testApp } from '../../lib/testing';
import { Platform, parseEnvironment } from '../../stacks';
import { GOOD } from './environment-text';

const MODELS = `{ bert: { source: "https://huggingface.co/acme/bert", revision: "${'1'.repeat(40)}", licence: MIT, sha256: "${'a'.repeat(64)}" }, resnet: { source: "https://acme.example/resnet", revision: "2", licence: MIT, sha256: "${'b'.repeat(64)}", layout: torch, teams: [ads] } }`;

const made = new Map<string, ReturnType<typeof make>>();
function platformOf(training: string) {
  const platform = made.get(training) ?? make(training);
  made.set(training, platform);
  return platform;
}

function make(training: string, teams = 'teams:\n  fraud: {}\n  ads: {}\n') {
  const app = testApp();
  const environment = parseEnvironment(`${GOOD.replace(/teams:[\s\S]*$/, teams)}training: ${training}\n`, 'dev.yaml');
  const platform = new Platform(app, environment);
  return { platform, services: Template.all(app)['acme-dev-services']! };
}

describe('training.pretrained', () => {
  test('makes the mirror in the services layer, with the key of training', () => {
    const { platform, services } = platformOf(`{ pretrained: { models: ${MODELS} } }`);
    expect(services.all('aws_s3_object').map(({ key }) => key)).toEqual([
      `pretrained/bert/${'1'.repeat(40)}/model.json`,
      'pretrained/resnet/2/model.json',
    ]);
    expect(services.all('aws_s3_bucket').map(({ bucket }) => bucket)).toContain(
      'acme-dev-pretrained-111122223333-eu-north-1',
    );
    expect(platform.services!.pretrained!.model('bert').licence).toBe('MIT');
  });

  test('makes nothing where the file has none', () => {
    const { platform, services } = platformOf('{}');
    expect(platform.services!.pretrained).toBeUndefined();
    expect(platform.services!.notebooks).toBeUndefined();
    services.resourceCount('aws_sagemaker_domain', 0);
    services.resourceCount('aws_s3_object', 0);
  });
});

describe('training.notebooks', () => {
  test('gives every team of the file a profile and a space, if the file lists none', () => {
    const { services } = platformOf('{ notebooks: {} }');
    expect(services.one('aws_sagemaker_domain').domain_name).toBe('acme-dev-notebooks');
    expect(services.all('aws_sagemaker_space').map(({ space_name }) => space_name)).toEqual(['ads', 'fraud']);
  });

  test('keeps the logs as long as those of jobs, if the environment owns them', () => {
    const days = (training: string) =>
      platformOf(training)
        .services.all('aws_cloudwatch_log_group')
        .map(({ name, retention_in_days }) => [name, retention_in_days])
        .filter(([name]) => name === '/aws/sagemaker/studio');
    expect(days('{ notebooks: {}, logDays: 30 }')).toEqual([['/aws/sagemaker/studio', 30]]);
    expect(days('{ notebooks: {}, ownsLogGroups: false }')).toEqual([]);
  });

  test('lets the notebooks of a team read its own tables and the models that are for it, and no other', () => {
    const { platform, services } = platformOf(`{ notebooks: {}, pretrained: { models: ${MODELS} } }`);
    const { notebooks, pretrained } = platform.services!;
    const [fraud, ads] = ['fraud', 'ads'].map((team) => services.policyOf(notebooks!.roleOf(team)));
    const objects = (bucket: string) => `arn:aws:s3:::acme-dev-${bucket}-111122223333-eu-north-1`;
    expect(fraud).toAllow({ actions: 's3:GetObject', resources: `${objects('raw')}/orders/*` });
    expect(ads).not.toAllow({ actions: 's3:GetObject', resources: `${objects('raw')}/orders/*` });
    const resnet = services.resolve(`${pretrained!.model('resnet').uri}`) as string;
    expect(resnet).toContain('/pretrained/resnet/2/');
    const text = (policy: typeof fraud) => JSON.stringify(policy!.statements);
    expect([text(fraud), text(ads)].map((policy) => policy.includes('pretrained/resnet'))).toEqual([false, true]);
    expect([text(fraud), text(ads)].map((policy) => policy.includes('pretrained/bert'))).toEqual([true, true]);
    expect(text(fraud)).toContain('athena:StartQueryExecution');
  });
});
