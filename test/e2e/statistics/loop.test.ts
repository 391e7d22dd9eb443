import '../../../lib/testing/jest';
import { DriftMonitor } from '../../../lib/monitoring/drift/drift-monitor';
import { RetrainingLoop } from '../../../lib/monitoring/loop/retraining-loop';
import { Template } from '../../../lib/testing';
import { driftPropsIn } from '../../support/drift';
import { type DriftJobOutcome, runDriftJob } from '../../support/drift-job';
import { loopPropsIn } from '../../support/loop';
import { BREAKS, type Break } from '../../support/loop-story/breaks';
import { before, brokenLink, chapterOf, LINKS, type Link, type Story } from '../../support/loop-story/links';
import { SHARE, type StoryParts, storyParts, tellStories, WATCHED } from '../../support/loop-story/parts';
import { describeWith } from '../../support/machine';
import { acmeStack } from '../../support/stack';

/*
 * The way of a model back to training and to its endpoint, from captured data to the variant of the new version: the shipped program, the
 * alarm, the state machines and the environment file, each link with what the one before it has given. Then the same way with one
 * part broken, for each part: the story must end there.
 */

/** Parts with one thing broken. */
function broken(parts: StoryParts, { make }: Break): StoryParts {
  const copy = structuredClone(parts);
  make(copy);
  return copy;
}

/** What decides on what happens; the rest is only looked at. */
const toldBy = ({ machines, rules }: StoryParts) =>
  JSON.stringify([machines, rules.training.target, rules.approval.target]);

describeWith(['python', 'registry'], 'a model that drifts', () => {
  const s = acmeStack();
  const monitor = new DriftMonitor(s, 'Fraud', { ...driftPropsIn(s), features: ['amount', 'country'] });
  const loop = new RetrainingLoop(s, 'Loop', {
    ...loopPropsIn(s),
    alarmArn: monitor.driftAlarmArn,
    watched: [WATCHED],
    share: SHARE,
    watchHours: 1,
    trialDays: 1,
    budget: { runs: 1, per: 'month' },
  });
  const template = Template.synth(s);
  const parts = storyParts(template, loop);
  const toTell = BREAKS.filter((one) => toldBy(broken(parts, one)) !== toldBy(parts));
  let found: DriftJobOutcome;
  let story: Story;
  let brokenStories: ReadonlyMap<Break, Story>;
  const lines: string[] = [];

  beforeAll(async () => {
    found = await runDriftJob(template, monitor);
    const stories = toTell.map((one) => ({ parts: broken(parts, one), first: chapterOf(one.link), last: one.link }));
    const [sound, ...others] = await tellStories([{ parts, first: 'training', last: 'lateness' }, ...stories]);
    story = { ...parts, ...sound!, found };
    brokenStories = new Map(
      BREAKS.map((one) => {
        const own = toTell.includes(one) ? others[toTell.indexOf(one)]! : sound!;
        const report = { ...before(chapterOf(one.link), sound!), ...own.report };
        return [one, { ...broken(parts, one), ...own, report, found }];
      }),
    );
  });

  afterAll(() => process.stdout.write(`\n${lines.map((line, index) => `${index + 1}. ${line}\n`).join('')}`));

  test('comes to the end of its story', () => expect([story.end, story.error]).toEqual([null, null]));

  test.each(Object.values<Link>(LINKS).map((link) => [link.title, link] as const))('%s', (_, { check }) => {
    lines.push(check(story));
  });

  describe('gets no further than the link that breaks when', () => {
    test.each(BREAKS.map((one) => [one.title, one.link, one] as const))('%s: %s', (_, link, one) => {
      const other = brokenStories.get(one)!;
      expect(other.error).toBeNull(); // too slow a machine breaks no link
      expect(brokenLink(other)).toBe(link);
    });
  });
});
