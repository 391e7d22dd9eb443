import { DriftMonitor } from '../../../lib/monitoring/drift/drift-monitor';
import { Template } from '../../../lib/testing';
import { driftPropsIn } from '../../support/drift';
import { type DriftJobOutcome, LAKE, REPORTS, type RefusedCall, runDriftJob, WORKSPACE } from '../../support/drift-job';
import { describeWith } from '../../support/machine';
import { acmeStack } from '../../support/stack';

describeWith(['python', 'registry'], 'the job of a drift monitor, under its role', () => {
  const at = (Bucket: string, Key: string, more: object = {}) => ({ Bucket, Key, ...more });
  const refused: RefusedCall[] = [
    [0, 'get_object', at(LAKE, 'captured/other/champion/2026/11/01/00/a.jsonl')],
    [0, 'put_object', at(LAKE, 'captured/card-fraud/champion/2026/11/01/00/more.jsonl', { Body: '{}' })],
    [0, 'put_object', at(LAKE, 'baselines/card-fraud/profile.json', { Body: '{}' })],
    [0, 'put_object', at(WORKSPACE, 'drift/acme-dev-ads/2026-11-02T000000Z/report.json', { Body: '{}' })],
    [0, 'delete_object', at(WORKSPACE, `${REPORTS}2026-11-02T000000Z/report.json`)],
  ];
  let outcome: DriftJobOutcome;

  beforeAll(async () => {
    const s = acmeStack();
    const monitor = new DriftMonitor(s, 'Fraud', { ...driftPropsIn(s), features: ['amount', 'country'] });
    outcome = await runDriftJob(Template.synth(s), monitor, refused);
  });

  test('finds the drift that was put in, and says it in its message', () => {
    expect(outcome).toMatchObject({ code: 0, message: 'DRIFT in 1,000 rows: amount, prediction' });
  });

  test('leaves its report for people and for programs', () => {
    expect(Object.keys(outcome.written).sort()).toEqual(
      ['report.json', 'report.md'].map((name) => `${REPORTS}2026-11-02T000000Z/${name}`),
    );
    const report = JSON.parse(outcome.written[`${REPORTS}2026-11-02T000000Z/report.json`]!);
    expect(report).toMatchObject({ monitor: 'acme-dev-fraud', state: 'DRIFT', drifted: ['amount', 'prediction'] });
  });

  test('publishes the metrics that its alarms and dashboards read', () => {
    const whole = ['DriftedFeatures', 'Judged', 'Rows', 'UnreadableRate'].map((name) => [name, 'acme-dev-fraud']);
    const each = ['MissingRate', 'PSI'].flatMap((name) =>
      ['amount', 'country', 'prediction'].map((feature) => [name, 'acme-dev-fraud', feature]),
    );
    const published = outcome.metrics.map(({ namespace, name, dimensions }) => {
      const { Monitor, ...feature } = dimensions;
      return [namespace, name, Monitor, ...Object.values(feature)];
    });
    expect(published.sort()).toEqual([...whole, ...each].map((metric) => ['MLOps/Drift', ...metric]).sort());
  });

  test('may do nothing else: not read other data, nor change what it judges, its baseline or a report', () => {
    const shown = refused.map(([, operation, call]) => `${operation} ${JSON.stringify(call)}`);
    expect(shown.map((call, index) => `${outcome.answers[index]}: ${call}`)).toEqual(
      shown.map((call) => `refused: ${call}`),
    );
  });
});
