import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RetrainingLoop } from '../../../lib/monitoring/loop/retraining-loop';
import type { Template } from '../../../lib/testing';
import { emulatorPython } from '../../../rehearsal/clouds/aws/emulator/installation';
import { blockedProxies, runningEnvironment } from '../../../rehearsal/environment';
import { run } from '../../../rehearsal/process';
import { ACME } from '../stack';

type Json = Record<string, any>;

export const [ENDPOINT, GROUP, WATCHED, SHARE] = ['acme-dev-churn', 'acme-dev-churn', 'acme-dev-errors', 20] as const;
const DRIFT_ALARM = 'acme-dev-fraud-drift';
const LOCKS = 'acme-dev-locks';
/** Looks until a version is late, in place of 500: each takes the emulator as long as any other. */
const LOOKS = 3;

/** What EventBridge sends when the alarm of drift goes off. */
export const ALARM_EVENT = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  resources: [`arn:aws:cloudwatch:${ACME.region}:${ACME.account}:alarm:${DRIFT_ALARM}`],
  detail: {
    alarmName: DRIFT_ALARM,
    previousState: { value: 'OK' },
    state: { value: 'ALARM', timestamp: '2026-11-02T06:20:00.000+0000' },
  },
};

/** A rule of EventBridge. */
export interface StoryRule {
  pattern: Json;
  /** Name of the state machine that gets its events. */
  target: string;
}

/** What the parts of a loop are, as they were synthesized. A break changes them. */
export interface StoryParts {
  /** The alarm of drift. */
  alarm: Json;
  rules: { training: StoryRule; approval: StoryRule };
  /** State machines by name. */
  machines: Record<string, Json>;
  /** Actions that the roles of the loop may call. */
  allowed: string[];
}

/** What happened at each link, by its name, and the calls that the state machines have made. */
export interface StoryReport {
  readonly report: Record<string, any>;
  /** Where the way ended before its end. */
  readonly end: string | null;
  readonly error: string | null;
  readonly calls: readonly string[];
}

export function storyParts(template: Template, loop: RetrainingLoop): StoryParts {
  const named = namesIn(template);
  const machineOf = (name: string) =>
    JSON.parse(String(template.all('aws_sfn_state_machine').find((one) => one.name === name)!.definition));
  const ruleOf = (name: string): StoryRule => {
    const [address, rule] = Object.entries(template.resources('aws_cloudwatch_event_rule')).find(
      ([, one]) => one.name === name,
    )!;
    const target = template.all('aws_cloudwatch_event_target').find((one) => one.rule === `\${${address}.name}`)!;
    return { pattern: JSON.parse(named(String(rule.event_pattern))), target: named(String(target.arn)) };
  };
  const roles = [loop.training.role, loop.approval.role, loop.role].map((one) => template.resolve(one.roleName));
  const statements = template
    .all('aws_iam_role_policy')
    .filter(({ role }) => roles.includes(template.resolve(String(role))))
    .flatMap(({ policy }) => JSON.parse(String(policy)).Statement as { Action: string[] }[]);
  const machines = ['trigger-retrain-churn', 'trigger-approved-churn', 'review-churn'].map((name) => {
    const full = `acme-dev-${name}`;
    return [full, JSON.parse(named(JSON.stringify(machineOf(full))))];
  });
  return {
    alarm: template.all('aws_cloudwatch_metric_alarm').find(({ metric_name }) => metric_name === 'DriftedFeatures')!,
    rules: { training: ruleOf('acme-dev-trigger-retrain-churn'), approval: ruleOf('acme-dev-trigger-approved-churn') },
    machines: Object.fromEntries(machines),
    allowed: [...new Set(statements.flatMap(({ Action }) => Action))],
  };
}

/** Gives references to what is made the names that it gets. */
function namesIn(template: Template): (text: string) => string {
  const alarms = template.resources('aws_cloudwatch_metric_alarm');
  const machines = template.resources('aws_sfn_state_machine');
  return (text) =>
    text
      .replace(/\$\{(aws_cloudwatch_metric_alarm\.\w+)\.arn\}/g, (_, address) => {
        return `arn:aws:cloudwatch:${ACME.region}:${ACME.account}:alarm:${alarms[address]!.alarm_name}`;
      })
      .replace(/\$\{(aws_sfn_state_machine\.\w+)\.(?:arn|id)\}/g, (_, address) => String(machines[address]!.name))
      .replace(/\$\{aws_sqs_queue\.\w+\.url\}/g, 'FAILED_URL')
      .replace(/\$\{aws_dynamodb_table\.\w+\.name\}/g, LOCKS);
}

/**
 * Tells the stories of parts: see `test/monitoring/loop_runs.py`.
 *
 * @param stories each with the chapter that it begins with and the last link that is of interest
 */
export async function tellStories(
  stories: readonly { readonly parts: StoryParts; readonly first: string; readonly last: string }[],
): Promise<StoryReport[]> {
  const folder = mkdtempSync(join(tmpdir(), 'loop-'));
  try {
    const plans = stories.map(({ parts: { machines, rules }, ...links }) => {
      const late = structuredClone(machines['acme-dev-review-churn']!);
      late.States.IsTooLate.Choices[0].NumericGreaterThanEquals = LOOKS;
      return {
        machines: Object.fromEntries(
          Object.entries({ ...machines, late }).map(([name, machine]) => [name, JSON.stringify(machine)]),
        ),
        table: LOCKS,
        pipeline: 'churn',
        locks: { pipeline: 'pipeline/churn' },
        alarm: ALARM_EVENT,
        training: rules.training.target,
        approval: rules.approval.target,
        review: 'acme-dev-review-churn',
        late: 'late',
        ...{ group: GROUP, endpoint: ENDPOINT, watched: WATCHED, share: SHARE, ...links },
      };
    });
    writeFileSync(join(folder, 'plan.json'), JSON.stringify({ stories: plans }));
    const python = await emulatorPython(process.env, process.env.HOME!, () => {});
    const env = {
      ...runningEnvironment(process.env),
      ...blockedProxies(),
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      MOTO_ACCOUNT_ID: ACME.account,
      PYTHONDONTWRITEBYTECODE: '1',
    };
    const program = join(__dirname, '../../monitoring/loop_runs.py');
    const { code, stdout, stderr } = await run(python, [program, join(folder, 'plan.json')], { cwd: folder, env });
    if (code !== 0) throw new Error(stderr);
    return JSON.parse(stdout.slice(stdout.indexOf('[')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
