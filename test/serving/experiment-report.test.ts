import '../../lib/testing/jest';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CaptureSource } from '../../lib/serving/captured/capture-source';
import { SageMakerEndpoint } from '../../lib/serving/endpoint/sagemaker-endpoint';
import { brokenInstant } from '../../lib/serving/experiment/experiment-limits';
import type { ExperimentPlan } from '../../lib/serving/experiment/experiment-plan';
import { ExperimentReport, type ExperimentReportProps } from '../../lib/serving/experiment/experiment-report';
import { Template } from '../../lib/testing';
import { experimentPropsIn, RANKING } from '../support/drift';
import { lintPolicies } from '../support/iam-lint';
import { captureZoneIn, endpointIn } from '../support/serving';
import { acmeStack } from '../support/stack';

function experimentIn(plan: Partial<ExperimentPlan> = {}, props: Partial<ExperimentReportProps> = {}) {
  const s = acmeStack();
  const report = new ExperimentReport(s, 'Ranking', {
    ...experimentPropsIn(s),
    plan: { ...RANKING, ...plan },
    ...props,
  });
  return [report, Template.synth(s)] as const;
}

function planOf(template: Template) {
  const object = template.all('aws_s3_object').find(({ key }) => String(key).endsWith('/plan.json'));
  return JSON.parse(String(object!.content));
}

describe('an experiment', () => {
  const [report, template] = experimentIn();

  test('has its plan beside its program, with every default written out: what was declared does not change with an upgrade', () => {
    expect(planOf(template)).toMatchObject({
      name: 'ranking',
      shares: { champion: 90, challenger: 10 },
      unit: 'attribute:customer',
      assignment: 'hash',
      level: 0.05,
      power: 0.8,
      minUnits: 100,
      balanceLevel: 0.001,
      namespace: 'MLOps/Experiment',
    });
    const [, second] = experimentIn({ unitAttribute: undefined, hashed: undefined, guards: undefined });
    expect(planOf(second)).toMatchObject({ unit: 'inferenceId', assignment: 'other', guards: [] });
  });

  test('is read every morning, from its variants and its outcomes', () => {
    const words = (report.job.request().AppSpecification as { ContainerArguments: string[] }).ContainerArguments;
    const name = /\$\{aws_s3_bucket\.LakeBucket\w+\.bucket\}/g;
    expect(String(template.resolve(words.join(' '))).replace(name, 'acme-lake')).toMatch(
      /^read --plan \/opt\/ml\/processing\/input\/code\/plan\.json --captured s3:\/\/acme-lake\/captured\/ranking\/ --outcomes s3:\/\/acme-lake\/outcomes\/orders\/ --report s3:\/\/.*\/experiments\/$/,
    );
    expect(template.one('aws_scheduler_schedule').schedule_expression).toBe('cron(0 7 * * ? *)');
    const files = template.all('aws_s3_object').map(({ key }) => String(key).split('/').slice(3).join('/'));
    expect(files).toEqual(
      expect.arrayContaining(['experiment.py', 'captured/records.py', 'experiment_report/plan.py']),
    );
  });

  test('may read both variants, the outcomes and its own declaration, which no run can do without', () => {
    const { statements } = template.policyOf(report.role);
    const objects = (action: string) =>
      statements
        .filter(({ actions }) => actions?.includes(action))
        .flatMap(({ resources }) => resources ?? [])
        .map((one) => String(template.resolve(String(one))).replace(/^.*?\//, ''));
    expect(objects('s3:GetObject').slice(1)).toEqual([
      'captured/ranking/champion/*',
      'captured/ranking/challenger/*',
      'outcomes/orders/*',
      'experiments/ranking/declaration.json',
    ]);
    expect(objects('s3:PutObject')).toEqual(['experiments/ranking/*']);
  });

  test('raises alarms of harm and of groups that cannot be compared, and of no difference', () => {
    const alarms = template
      .all('aws_cloudwatch_metric_alarm')
      .filter(({ namespace }) => namespace === 'MLOps/Experiment');
    expect(alarms.map(({ alarm_name, metric_name }) => [alarm_name, metric_name])).toEqual([
      ['acme-dev-experiment-ranking-harm', 'Harm'],
      ['acme-dev-experiment-ranking-invalid', 'Invalid'],
    ]);
    for (const one of alarms) expect(one).toMatchObject({ treat_missing_data: 'ignore', threshold: 0 });
  });

  test('has policies that IAM takes', async () => {
    expect(await lintPolicies(template)).toEqual([]);
  });

  test('has keys that its program knows', () => {
    const program = readFileSync(
      join(__dirname, '../../lib/serving/experiment/program/experiment_report/plan.py'),
      'utf8',
    );
    for (const key of Object.keys(planOf(template))) expect(program).toContain(`"${key}"`);
  });
});

describe('captured data of an endpoint of the platform', () => {
  test('is read from the folders of its variants', () => {
    const s = acmeStack();
    const endpoint = endpointIn(s, { capture: { zone: captureZoneIn(s), retentionDays: 30 } });
    const source = CaptureSource.endpoint(endpoint);
    expect(source.variants).toEqual(endpoint.variantNames);
    expect(source.uri).toMatch(/\/captured\/acme-dev-card-fraud\/$/);
    expect(() => CaptureSource.endpoint(endpoint, ['winner'])).toThrow(
      "'variants' must be one of champion, got 'winner'",
    );
    const other = SageMakerEndpoint.fromEndpointAttributes(s, 'Other', { endpointName: 'acme-churn' });
    expect(() => CaptureSource.endpoint(other)).toThrow("'endpoint' must capture its requests; set its 'capture'");
    expect(() => CaptureSource.endpoint(undefined as never)).toThrow("'endpoint' must be set, got undefined");
  });
});

describe('a plan', () => {
  test('is refused with everything that is wrong', () => {
    const guard = { ...RANKING.primary, kind: 'median' as never, aggregate: 'first' as never, better: 'more' as never };
    const wrong = {
      name: 'Ranking 2',
      shares: { champion: 1, winner: 0 },
      start: '2026-11-31T00:00:00Z',
      end: '2026-10-01T00:00:00',
      maturityHours: -1,
      unitAttribute: 'customer id',
      outcomes: { format: 'orc' as never, key: 'id' },
      design: 'peek' as never,
      level: 2,
      power: 1,
      balanceLevel: 1,
      minUnits: 2,
      guards: [{ ...guard, missing: 'mean' as never, effect: 0 }],
    };
    expect(() => experimentIn(wrong)).toThrow(
      [
        'test/Ranking: 20 invalid properties',
        "  - 'plan.name' must be lower-case letters, digits and single hyphens, beginning with a letter, got 'Ranking 2'",
        "  - 'plan.shares' must be of challenger, champion, got champion, winner",
        "  - 'plan.start' must be an instant with its zone, got '2026-11-31T00:00:00Z'; write one such as 2026-11-01T00:00:00Z",
        "  - 'plan.end' must be an instant with its zone, got '2026-10-01T00:00:00'; write one such as 2026-11-01T00:00:00Z",
      ].join('\n'),
    );
  });

  test('names variants that are captured', () => {
    const s = acmeStack();
    const { captured } = experimentPropsIn(s);
    expect(captured.variants).not.toContain('winner');
    expect(() => experimentIn({ treatment: 'winner', shares: { champion: 1, winner: 1 } })).toThrow(
      "'plan.treatment' must be one of champion, challenger, got 'winner'",
    );
    expect(() => experimentIn({ treatment: 'champion', shares: { champion: 1 } })).toThrow(
      "'plan.treatment' must be another variant than 'plan.control', got 'champion'",
    );
    expect(() => experimentIn({ unitAttribute: undefined })).toThrow("'plan.hashed' needs 'plan.unitAttribute'");
  });

  test('has instants that exist, with their zone', () => {
    for (const good of ['2026-11-01T00:00:00Z', '2024-02-29T12:30Z', '2026-11-01T00:00:00+01:00']) {
      expect(brokenInstant(good)).toEqual([]);
    }
    for (const bad of ['2026-02-30T00:00:00Z', '2026-11-01', '2026-11-01T25:00:00Z', 'NOW']) {
      expect(brokenInstant(bad)).toHaveLength(1);
    }
  });
});
