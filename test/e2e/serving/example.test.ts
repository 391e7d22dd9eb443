import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { alarmStates, matchesEvent, Template, testApp } from '../../../lib/testing';
import { runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { Platform } from '../../../stacks';
import { parseEnvironment } from '../../../stacks/environment';
import { proposedText, readProposal } from '../../../stacks/environment/text/proposal';
import { ROOT } from '../../support/house/source';
import { describeWith } from '../../support/machine';
import { pythonWith } from '../../support/python';
import { Document } from '../../support/readme/document';
import { applied, proposalOf, stepsOf } from './example-steps';

/*
 * What examples/serving-repo shows. The diffs of its README are applied to its file one by one and synthesized; its image's program, its client
 * and the shipped programs are run on loopback. `test/e2e/package/package.test.ts` installs, tests and rehearses it from the package.
 */

const EXAMPLE = join(ROOT, 'examples/serving-repo');
const read = (path: string) => readFileSync(join(EXAMPLE, path), 'utf8');
const COMMITTED = read('environments/dev.yaml');
const steps = stepsOf(new Document('README.md', read('README.md')));
const step = (number: number) => steps[number - 1]!;
const changes = steps.filter(({ diff }) => diff !== undefined);

/** The file before the first step, and after each. The committed one is that of the first step. */
const files = [applied(COMMITTED, changes[0]!.diff!, 'back'), COMMITTED];
for (const { diff } of changes.slice(1)) files.push(applied(files.at(-1)!, diff!));
const fileOf = (number: number) => files[changes.indexOf(step(number)) + 1]!;

const platforms = files.map((file) => new Platform(testApp(), parseEnvironment(file, 'dev.yaml')));
const models = platforms.map((platform) => (platform.models ? Template.synth(platform.models) : undefined));
const monitoring = Template.synth(platforms[files.indexOf(fileOf(6))]!.monitoring!);

/** Versions and shares of the variants as the README shows them. */
function servedBy(template: Template): string {
  const [configuration] = template.all('aws_sagemaker_endpoint_configuration');
  const variants = configuration!.production_variants as Record<string, unknown>[];
  const all = variants.reduce((sum, one) => sum + Number(one.initial_variant_weight), 0);
  return variants
    .map((one) => {
      const model = template.all('aws_sagemaker_model').find(({ name }) => `${name}`.includes(`-${one.variant_name}-`));
      const [container] = [model!.primary_container].flat() as {
        model_package_name: string;
      }[];
      const version = container!.model_package_name.split('/').at(-1);
      const share = (Number(one.initial_variant_weight) / all) * 100;
      return `${String(one.variant_name).padEnd(12)}version ${version}   ${String(share).padStart(3)} %`;
    })
    .join('\n');
}

/** What the resources of a template are now, by their addresses. */
function resourcesOf(template: Template): Record<string, string> {
  return Object.fromEntries(
    template.addresses().map((address) => [address, JSON.stringify(template.resource(address))]),
  );
}

describe('the life of a model in examples/serving-repo', () => {
  test('has the steps that its README leads through', () => {
    expect(steps.map(({ title }) => title)).toEqual([
      '1. The first version',
      '2. The second version, by a canary',
      '3. Back to the first',
      '4. A tenth of the customers',
      '5. The winner takes all',
      '6. Watched for drift',
      '7. Drift',
      '8. Trained again: the proposal',
      '9. Promoted',
    ]);
    expect(models.map((one) => one !== undefined)).toEqual([false, ...changes.map(() => true)]);
  });

  test.each(changes.map(({ title, served }, index) => ({ title, served, index })))(
    '$title: the diff gives the versions and shares that are shown',
    ({ served, index }) => {
      expect(servedBy(models[index + 1]!)).toBe(served);
    },
  );

  test('never replaces the endpoint: its name, its variants and what rolls back are the same in all steps', () => {
    const kept = models.slice(1).map((template) => {
      const { name, deployment_config: config } = template!.one('aws_sagemaker_endpoint');
      const [{ auto_rollback_configuration: rollback }] = [config].flat() as [Record<string, unknown>];
      const [variants] = template!.all('terraform_data').filter(({ input }) => input !== undefined);
      return [name, rollback, variants!.input];
    });
    expect(kept).toEqual(kept.map(() => kept[0]));
  });

  test('changes by another version what has the version in it, by a weight less, and by drift nothing that answers', () => {
    const changed = models.slice(2).map((template, index) => {
      const [before, now] = [resourcesOf(models[index + 1]!), resourcesOf(template!)];
      expect(Object.keys(now)).toEqual(Object.keys(before));
      const types = Object.keys(now).flatMap((address) =>
        now[address] === before[address] ? [] : address.split('.')[0]!,
      );
      return [...new Set(types)].sort().join(' ');
    });
    expect(changed).toMatchInlineSnapshot(`
      [
        "aws_iam_role_policy aws_lambda_function aws_lambda_invocation aws_sagemaker_endpoint_configuration aws_sagemaker_model terraform_data",
        "aws_iam_role_policy aws_lambda_function aws_lambda_invocation aws_sagemaker_endpoint_configuration aws_sagemaker_model terraform_data",
        "aws_iam_role_policy aws_lambda_function aws_lambda_invocation aws_sagemaker_endpoint_configuration aws_sagemaker_model terraform_data",
        "aws_iam_role_policy aws_lambda_function aws_lambda_invocation aws_sagemaker_endpoint_configuration aws_sagemaker_model terraform_data",
        "",
        "aws_iam_role_policy aws_lambda_function aws_lambda_invocation aws_sagemaker_endpoint_configuration aws_sagemaker_model terraform_data",
        "aws_iam_role_policy aws_lambda_function aws_lambda_invocation aws_sagemaker_endpoint_configuration aws_sagemaker_model terraform_data",
      ]
    `);
  });

  test('declares after a rollback what was there before', () => {
    expect(servedBy(models[3]!)).toBe(servedBy(models[1]!));
    expect(resourcesOf(models[3]!)).toEqual(resourcesOf(models[1]!));
  });
});

describe('the loop of examples/serving-repo', () => {
  const machine = (name: string) =>
    monitoring.all('aws_sfn_state_machine').find((one) => one.name === `acme-dev-${name}`)!;
  const review = JSON.parse(String(machine('review-fraud').definition));

  test('starts the pipeline when the alarm goes off that its README names, and not when it is over', () => {
    const alarms = monitoring.all('aws_cloudwatch_metric_alarm');
    const alarm = alarms.find(({ metric_name }) => metric_name === 'DriftedFeatures')!;
    expect(read('README.md')).toContain(`The alarm \`${alarm.alarm_name}\` goes off`);
    expect(alarmStates(alarm, { DriftedFeatures: [0, 1, 0] })).toEqual(['OK', 'ALARM', 'OK']);
    const rule = monitoring
      .all('aws_cloudwatch_event_rule')
      .find(({ name }) => name === 'acme-dev-trigger-retrain-fraud')!;
    const pattern = JSON.parse(String(monitoring.resolve(rule.event_pattern)));
    const [resource] = pattern.resources;
    const changedTo = (value: string) => ({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [resource],
      detail: { alarmName: alarm.alarm_name, state: { value } },
    });
    expect(['ALARM', 'OK'].map((value) => matchesEvent(pattern, changedTo(value)))).toEqual([true, false]);
  });

  test.each([
    [8, 'ProposeTrial'],
    [9, 'ProposePromotion'],
  ])('proposes the words and the change of step %i', (number, state) => {
    const detail = proposalOf(review.States[state], { package: { version: 3 } });
    const event = readProposal(JSON.stringify(detail), 'event');
    expect(step(number).shown).toEqual([event.text]);
    const before = files[files.indexOf(fileOf(number)) - 1]!;
    // as `npm run change -- dev event.json` writes it
    expect(proposedText(before, 'dev.yaml', event)).toBe(fileOf(number));
  });
});

describeWith(['python', 'registry'], 'the programs of examples/serving-repo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'example-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const requirements = (part: string) => read(`fraud/${part}/requirements.txt`).trim().split('\n');
  const env = {
    ...runningEnvironment(process.env),
    PYTHONDONTWRITEBYTECODE: '1',
  };
  let python: string;
  let report: Record<string, any>;

  beforeAll(async () => {
    python = pythonWith('serving-example', [...requirements('container'), ...requirements('client')]);
    const program = (path: string) => join(ROOT, 'lib', path);
    const endpoint = models[files.indexOf(fileOf(4))]!;
    const smoke = endpoint
      .all('aws_lambda_function')
      .flatMap(({ environment }) => ([environment].flat()[0] as any)?.variables?.SMOKE ?? []);
    const settings = monitoring.all('aws_s3_object').find(({ key }) => String(key).endsWith('/settings.json'))!;
    const plan = {
      example: EXAMPLE,
      programs: {
        smoke: program('serving/smoke/program'),
        experiment: program('serving/experiment/program'),
        captured: program('serving/captured/program'),
        evaluation: program('training/evaluation/program'),
        contract: program('registry/contract'),
        drift: program('monitoring/drift/program'),
      },
      smoke: JSON.parse(String(smoke[0])),
      drift: JSON.parse(String(settings.content)),
      weights: { champion: 90, challenger: 10 },
      rows: 600,
    };
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
    const script = join(ROOT, 'test/serving/example_runs.py');
    const { code, stdout, stderr } = await run(python, [script, join(folder, 'plan.json')], { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    report = JSON.parse(stdout.slice(stdout.lastIndexOf('{"auc"')));
  });

  test('pass the tests that the team runs', async () => {
    const { code, stderr } = await run(python, ['-m', 'unittest', 'discover', '-s', 'fraud/tests'], {
      cwd: EXAMPLE,
      env,
    });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });

  test('train versions that the shipped evaluation lets into the registry, by the limit of the file', () => {
    const limit = Number(/auc: { min: ([\d.]+) }/.exec(COMMITTED)![1]);
    for (const auc of [...report.auc, report.trial[0]]) expect(auc).toBeGreaterThan(limit);
    expect(report.auc[1]).toBeGreaterThan(report.auc[0] - 0.01); // the second is no worse than the champion may be
  });

  test('answer /ping, and the shipped smoke test by their samples and contracts', () => {
    expect(report.ping).toEqual([200, 200]);
    expect(report.smoke).toEqual({
      verdict: 'passed',
      share: 1,
      why: 'all answers were good',
    });
    expect(report.trial[1]).toBe('passed');
  });

  test('keep each customer with the version that the report of an experiment expects, and capture what it reads', () => {
    expect(report.several).toEqual([]);
    expect(report['as planned']).toBe(true);
    expect(report.challenged).toBeGreaterThan(0);
    expect(report.captured).toEqual([200, ['customAttributes', 'eventId', 'inferenceId', 'inferenceTime']]);
  });

  test('find no drift in an ordinary day and drift in the day with larger payments, in the words of the README', () => {
    expect([step(6).shown, step(7).shown]).toEqual([[report['ordinary day'][0]], [report['dearer day'][0]]]);
  });

  test('find no drift any more for the version that was trained on the larger payments', () => {
    expect(report['promoted day'][1]).toEqual([]);
  });

  test('are those that CI runs, in both of its files: the same checks, with the committed snapshots', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const { steps } = parse(read('.github/workflows/check.yaml')).jobs.check;
    const github = steps.flatMap((one: { run?: string }) => one.run ?? []) as string[];
    const { stages: _, ...jobs } = parse(read('.gitlab-ci.yml'));
    const gitlab = Object.values(jobs).flatMap((job) => (job as { script: string[] }).script);
    const model = scripts['test:model']!;
    expect(gitlab.map((line) => (line === model ? 'npm run test:model' : line))).toEqual(
      github.filter((line) => !line.includes('rehearse')),
    );
    expect(github).toContain('npm test -- --ci');
    for (const line of github) {
      const [, script] = /^npm run ([\w:]+)/.exec(line) ?? [];
      if (script !== undefined) expect([line, Object.keys(scripts).includes(script)]).toEqual([line, true]);
    }
  });

  test('deal customers out as the clients in the documents do, whose lines are Python', async () => {
    const documents = ['docs/serving.md', 'docs/experiments.md'];
    const blocks = documents.map((path) =>
      new Document(path, readFileSync(join(ROOT, path), 'utf8')).blocksIn('python').map(({ text }) => text),
    );
    const file = join(folder, 'blocks.json');
    writeFileSync(file, JSON.stringify(blocks));
    const script = `
import ast, json, sys
from experiment_report.assignment import variant_of
shares, found = {"champion": 90, "challenger": 10}, []
for blocks in json.load(open(sys.argv[1])):
    for one in (node for text in blocks for node in ast.parse(text).body):
        if isinstance(one, ast.FunctionDef):
            names = {}
            exec("import hashlib\\n" + ast.unparse(one), names)
            found.append(all(names["variant_of"]("limits", f"c-{n}", shares) == variant_of("limits", f"c-{n}", shares) for n in range(1000)))
print(json.dumps(found))`;
    const experiment = join(ROOT, 'lib/serving/experiment/program');
    const ran = await run(python, ['-c', script, file], { cwd: folder, env: { ...env, PYTHONPATH: experiment } });
    expect({ ...ran, stdout: ran.stdout.trim() }).toMatchObject({ code: 0, stdout: '[true, true]' });
  });
});
