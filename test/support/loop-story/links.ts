import { alarmStates, matchesEvent, Template, testApp } from '../../../lib/testing';
import { Platform } from '../../../stacks';
import { parseEnvironment } from '../../../stacks/environment';
import { changedText, type ValueChange } from '../../../stacks/environment/text/change';
import { changed, PIPELINE } from '../../stacks/environment-text';
import type { DriftJobOutcome } from '../drift-job';
import { ALARM_EVENT, SHARE, type StoryParts, type StoryReport } from './parts';

/** Parts of a loop, what the drift program has found, and what happened then. */
export interface Story extends StoryParts, StoryReport {
  readonly found: DriftJobOutcome;
}

/** A link between two parts of the loop. */
export interface Link {
  /** A sentence about a model that drifts. */
  readonly title: string;
  /** Fails unless the link holds. Returns what happened, for people. */
  readonly check: (story: Story) => string;
}

/** A file with a model that serves version 1, and has a challenger without requests. */
const FILE = changed({
  'images: [train]\n': 'images: [train]\n  packages: { churn: { team: fraud } }\n',
  'teams:\n': `${PIPELINE}models:
  churn: # asked by the shop
    team: fraud
    package: churn
    version: 1
    instance: ml.m5.large
    challenger: { version: 1, weight: 0 } # the next version
teams:\n`,
});

const IAM: Readonly<Record<string, string>> = {
  SFN: 'states',
  DynamoDB: 'dynamodb',
  SageMaker: 'sagemaker',
  SQS: 'sqs',
  CloudWatch: 'cloudwatch',
  EventBridge: 'events',
};

const served = new Map<string, Record<string, unknown>>();

/** Versions and weights of the variants that a file gives to SageMaker. */
function servedBy(file: string): Record<string, unknown> {
  const known = served.get(file);
  if (known) return known;
  const template = Template.synth(new Platform(testApp(), parseEnvironment(file, 'dev.yaml')).models!);
  const versionOf = (variant: string) => {
    const model = template.all('aws_sagemaker_model').find(({ name }) => String(name).includes(`-${variant}-`))!;
    const [container] = [model.primary_container].flat() as { model_package_name: string }[];
    return container!.model_package_name.split('/').at(-1);
  };
  const [configuration] = template.all('aws_sagemaker_endpoint_configuration');
  const variants = configuration!.production_variants as Record<string, unknown>[];
  const found = Object.fromEntries(
    variants.map((one) => [one.variant_name, [versionOf(String(one.variant_name)), one.initial_variant_weight]]),
  );
  served.set(file, found);
  return found;
}

/** Values that the alarm of drift sees of what the program has published. */
function seenBy({ namespace, metric_name: name, dimensions }: StoryParts['alarm'], found: DriftJobOutcome) {
  const same = (one: object) => JSON.stringify(Object.entries(one).sort());
  const metric = found.metrics.find((one) => {
    return one.namespace === namespace && one.name === name && same(one.dimensions) === same(dimensions);
  });
  return metric?.values ?? [];
}

const HOURS = 24;
/** A day of a metric with one value by hour: that of its run. */
const ofDay = (value: number) => [value, ...Array<null>(HOURS - 1).fill(null)];

/** The links of the way, in their order. The names are those of the reports. */
export const LINKS = {
  drift: {
    title: 'is found by the program',
    check: ({ found }) => {
      expect(found).toMatchObject({ code: 0, message: 'DRIFT in 1,000 rows: amount, prediction' });
      return `The program: ${found.message}.`;
    },
  },
  alarm: {
    title: 'sends the alarm off by the metric that the program has published, until a run finds no drift',
    check: ({ found, alarm }) => {
      const [value] = seenBy(alarm, found);
      expect(value).toBe(2);
      const days = [0, value!, 0];
      const states = alarmStates(alarm, { DriftedFeatures: days.flatMap(ofDay) });
      const each = (['OK', 'ALARM', 'OK'] as const).map((state) => Array(HOURS).fill(state));
      expect(states).toEqual(each.flat());
      return `DriftedFeatures of three days, a run each: ${days.join(', ')}. Alarm, in each hour of them: OK, ALARM, OK.`;
    },
  },
  training: {
    title: 'is trained once for its alarm, and the run knows why',
    check: ({ rules, report }) => {
      expect(matchesEvent(rules.training.pattern, ALARM_EVENT)).toBe(true);
      const over = { ...ALARM_EVENT, detail: { ...ALARM_EVENT.detail, state: { value: 'OK' } } };
      expect(matchesEvent(rules.training.pattern, over)).toBe(false);
      expect(report.training).toEqual([1, 'alarm:acme-dev-fraud-drift', true]);
      return `The alarm starts the pipeline, because of ${report.training[1]}.`;
    },
  },
  duplicate: {
    title: 'is not trained again for a second delivery of the alarm',
    check: ({ report }) => {
      expect(report.duplicate).toEqual(['Duplicate', 1]);
      return 'The same alarm again: Duplicate.';
    },
  },
  cooldown: {
    title: 'is not trained again within the cooldown, when the run has ended',
    check: ({ report }) => {
      expect(report.cooldown).toEqual(['Skipped', 1]);
      return 'Another alarm, after the run and within the cooldown: Skipped.';
    },
  },
  end: {
    title: 'is free for the next alarm after the cooldown',
    check: ({ report }) => {
      expect(report.end).toEqual(['Done', null]);
      return 'The cooldown is over: Done.';
    },
  },
  budget: {
    title: 'is not trained beyond the budget, which people hear of',
    check: ({ report }) => {
      expect(report.budget).toEqual(['Failed', [expect.objectContaining({ Error: 'OverBudget' })], 1, null]);
      return `An alarm in the same month: ${report.budget[1][0].Cause}.`;
    },
  },
  approval: {
    title: 'waits for a person: only the approval of what the pipeline has registered starts a review, and once',
    check: ({ rules, report }) => {
      const { registered, approved, described, again } = report.approval;
      const matched = [registered, described, approved].map((event) => matchesEvent(rules.approval.pattern, event));
      expect(matched).toEqual([false, false, true]);
      expect(again).toEqual(['Duplicate', 1]);
      return 'The pipeline registers version 2, a person approves it, and a review begins.';
    },
  },
  proposal: {
    title: 'gets the new version into its challenger by the change of the file that the review asks for',
    check: ({ report }) => {
      const { Source, DetailType, Detail } = report.proposal;
      expect([Source, DetailType]).toEqual(['mlops.retraining', 'Model Change Proposed']);
      expect(Detail).toMatchObject({ model: 'churn', step: 'try', version: 2 });
      const file = changedText(FILE, Detail.changes as ValueChange[]);
      expect(file).toContain('challenger: { version: 2, weight: 20 } # the next version');
      expect(servedBy(FILE)).toEqual({ champion: ['1', 100], challenger: ['1', 0] });
      expect(servedBy(file)).toEqual({ champion: ['1', 80], challenger: ['2', SHARE] });
      return `The review asks: ${Detail.text} The file then gives SageMaker: ${JSON.stringify(servedBy(file))}`;
    },
  },
  serving: {
    title: 'is not watched before the endpoint serves the new version',
    check: ({ report }) => {
      expect(report.serving).toEqual(['RUNNING', 0]);
      return 'The endpoint does not serve it yet: the review waits.';
    },
  },
  promotion: {
    title: 'is promoted when its alarms were silent while it was served',
    check: ({ report }) => {
      const [end, { Detail }, weight] = report.promotion;
      expect([end, Detail.step, weight]).toEqual(['Proposed', 'promote', SHARE]);
      const file = changedText(changedText(FILE, report.proposal.Detail.changes), Detail.changes);
      expect(servedBy(file)).toEqual({ champion: ['2', 100], challenger: ['2', 0] });
      return `It is served and watched. Then: ${Detail.text}`;
    },
  },
  withdrawal: {
    title: 'loses the requests of a version whose alarm goes off, and the file is to say so too',
    check: ({ report }) => {
      const [end, { Detail }, weight] = report.withdrawal;
      expect([end, Detail.step, weight]).toEqual(['Withdrawn', 'withdraw', 0]);
      expect(Detail.changes).toEqual([{ path: 'models.churn.challenger.weight', value: 0 }]);
      return `Version ${Detail.version} is served, an alarm goes off: ${Detail.text}`;
    },
  },
  revocation: {
    title: 'is left alone when the approval was taken back',
    check: ({ report }) => {
      expect(report.revocation).toEqual(['Revoked', 0]);
      return 'An approval is taken back: nothing is asked for.';
    },
  },
  replacement: {
    title: 'neither promotes nor withdraws a version in whose place another one is served by now',
    check: ({ report }) => {
      expect(report.replacement).toEqual([
        ['Replaced', 'try', SHARE],
        ['Replaced', 'try', SHARE],
      ]);
      return 'Another version is served in place of one on trial: the review ends, and leaves it alone.';
    },
  },
  lateness: {
    title: 'tells people when nobody serves what was approved',
    check: ({ report }) => {
      const [end, errors, { step, version }] = report.lateness;
      expect([end, errors, step]).toEqual(['Failed', [expect.objectContaining({ Error: 'NotTried' })], 'try']);
      return `Nobody serves version ${version}: ${errors[0].Cause}.`;
    },
  },
  permissions: {
    title: 'is led by calls that the roles of the loop allow, and no other ones',
    check: ({ calls, allowed }) => {
      const made = calls.map((call) => `${IAM[call.split(' ')[0]!]}:${call.split(' ')[1]}`);
      expect(made.filter((call) => !allowed.includes(call))).toEqual([]);
      expect(allowed.filter((action) => !made.includes(action))).toEqual([]);
      return `All of this by ${made.length} kinds of calls, each of which a role of the loop allows.`;
    },
  },
} as const satisfies Readonly<Record<string, Link>>;

export type LinkName = keyof typeof LINKS;

const NAMES = Object.keys(LINKS) as LinkName[];
/** Chapters of the program that tells the story, by their first links. */
const CHAPTERS: readonly LinkName[] = ['training', 'approval', 'withdrawal', 'revocation', 'replacement', 'lateness'];

/** The chapter with a link. */
export function chapterOf(link: LinkName): LinkName {
  return CHAPTERS.findLast((chapter) => NAMES.indexOf(chapter) <= NAMES.indexOf(link))!;
}

/** What a story has told of the links before a chapter. */
export function before(chapter: LinkName, { report }: StoryReport): Story['report'] {
  const names: readonly string[] = NAMES.slice(0, NAMES.indexOf(chapter));
  return Object.fromEntries(Object.entries(report).filter(([name]) => names.includes(name)));
}

/** The first link that does not hold; `undefined` if all do. */
export function brokenLink(story: Story): LinkName | undefined {
  return NAMES.find((name) => {
    try {
      LINKS[name].check(story);
      return false;
    } catch {
      return true;
    }
  });
}
