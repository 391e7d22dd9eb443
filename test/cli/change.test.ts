import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../cli/program';
import { changed, PIPELINE } from '../stacks/environment-text';
import { cli } from '../support/cli';

const FILE = changed({
  'images: [train]\n': 'images: [train]\n  packages: { churn: { team: fraud } }\n',
  'teams:\n': `${PIPELINE}models:
  churn: # asked by the shop
    team: fraud
    package: churn
    version: 3 # since May
    instance: ml.m5.large
    challenger: { version: 3, weight: 0 } # the next one
teams:\n`,
});
const ON_TRIAL = FILE.replace('{ version: 3, weight: 0 }', '{ version: 4, weight: 10 }');
const DEV = join('environments', 'dev.yaml');
const MODEL = 'models.churn';
const TRY = {
  loop: 'acme-dev-review-churn',
  model: 'churn',
  step: 'try',
  package: 'arn:aws:sagemaker:eu-north-1:111122223333:model-package/acme-dev-churn/4',
  version: 4,
  changes: [
    { path: `${MODEL}.challenger.version`, value: 4 },
    { path: `${MODEL}.challenger.weight`, value: 10 },
  ],
  text: 'Model churn, version 4: the version was approved.',
  execution: 'arn:aws:states:eu-north-1:111122223333:execution:acme-dev-review-churn:a',
};
const PROMOTE = {
  ...TRY,
  step: 'promote',
  changes: [
    { path: `${MODEL}.version`, value: 4 },
    { path: `${MODEL}.challenger.weight`, value: 0 },
  ],
};
const WITHDRAW = { ...TRY, step: 'withdraw', changes: [{ path: `${MODEL}.challenger.weight`, value: 0 }] };
const [ACCOUNT, REGION] = ['account', 'region'].map(
  (key) => FILE.match(new RegExp(`^${key}: ['"]?([\\w-]+)`, 'm'))![1]!,
);
/** As EventBridge delivers it. */
const whole = (detail: object, more: object = {}) => ({
  version: '0',
  id: 'a',
  source: 'mlops.retraining',
  'detail-type': 'Model Change Proposed',
  ...{ account: ACCOUNT, region: REGION, time: '2026-11-12T09:00:00Z', resources: [] },
  detail,
  ...more,
});

const home = process.cwd();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'change-'));
  process.chdir(folder);
  mkdirSync('environments');
  writeFileSync(DEV, FILE);
});
afterEach(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const dev = () => readFileSync(DEV, 'utf8');
async function change(event: unknown, ...args: string[]) {
  writeFileSync('event.json', typeof event === 'string' ? event : JSON.stringify(event));
  return cli('change', 'dev', 'event.json', ...args);
}

test('writes the values of an event into the file, and shows what has changed', async () => {
  const { code, out } = await change(whole(TRY));
  const line = FILE.split('\n').findIndex((one) => one.includes('challenger:')) + 1;
  expect({ code, out }).toEqual({
    code: 0,
    out: `Model churn, version 4: the version was approved.
--- a/environments/dev.yaml
+++ b/environments/dev.yaml
@@ -${line} +${line} @@
-    challenger: { version: 3, weight: 0 } # the next one
+    challenger: { version: 4, weight: 10 } # the next one
environments/dev.yaml: written
`,
  });
  expect(dev()).toBe(ON_TRIAL);
});

test.each([
  ['promotes', PROMOTE, ON_TRIAL.replace('version: 3 #', 'version: 4 #').replace('weight: 10', 'weight: 0')],
  ['withdraws', WITHDRAW, ON_TRIAL.replace('weight: 10', 'weight: 0')],
])('%s the version on trial, by the detail of an event alone', async (_, detail, expected) => {
  writeFileSync(DEV, ON_TRIAL);
  expect(await change(detail)).toMatchObject({ code: 0, err: '' });
  expect(dev()).toBe(expected);
});

test('takes the event from a pipe, and says so where none is', async () => {
  const said: string[] = [];
  const out = (text: string) => void said.push(text);
  const terminal = { out, err: out, live: false };
  expect(await runProgram(['change', 'dev'], terminal)).toBe(2);
  expect(said).toEqual(['no event: name a file with it, or pipe it in\n']);
  expect(await runProgram(['change', 'dev'], { ...terminal, read: () => JSON.stringify(TRY) })).toBe(0);
  expect(dev()).toBe(ON_TRIAL);
});

test('changes nothing twice', async () => {
  await change(TRY);
  expect(await change(TRY)).toEqual({
    code: 0,
    out: `${TRY.text}\nenvironments/dev.yaml: has these values\n`,
    err: '',
  });
  expect(await change(TRY, '--check')).toMatchObject({ code: 0 });
});

test('writes nothing if it is asked to check, and fails if there is something to write', async () => {
  const { code, out } = await change(TRY, '--check');
  expect([code, dev()]).toEqual([1, FILE]);
  expect(out).toContain('+    challenger: { version: 4, weight: 10 }');
  expect(out).not.toContain('written');
});

test('replaces the file at once, with its permissions, also behind a link, and leaves nothing beside it', async () => {
  writeFileSync('real.yaml', FILE);
  chmodSync('real.yaml', 0o640);
  rmSync(DEV);
  symlinkSync('../real.yaml', DEV);
  expect(await change(TRY)).toMatchObject({ code: 0 });
  expect(readFileSync('real.yaml', 'utf8')).toBe(ON_TRIAL);
  expect(statSync('real.yaml').mode & 0o777).toBe(0o640);
  expect(readdirSync('.').sort()).toEqual(['environments', 'event.json', 'real.yaml']);
  expect(readdirSync('environments')).toEqual(['dev.yaml']);
});

describe('refuses, and leaves the file as it is,', () => {
  const bad: [string, unknown, string, string?][] = [
    [
      'what is no JSON',
      '{',
      "event.json: must be an event as JSON, got Expected property name or '}' in JSON at position 1",
    ],
    ['nothing', ' \n', 'event.json: must be an event as JSON, got nothing\n'],
    ['a list', [TRY], 'event.json: it must be'],
    [
      'everything that is wrong at once',
      { ...TRY, step: 'tried', version: 0, changes: [{ path: 1, value: '4' }] },
      `event.json: step must be one of try, promote, withdraw, got "tried"
event.json: version must be a whole number of at least 1, got 0
event.json: changes[0].path must be a text, got 1
event.json: changes[0].value must be a whole number, got "4"
`,
    ],
    [
      'an event of something else',
      whole(TRY, { source: 'aws.s3' }),
      'event.json: source must be mlops.retraining, got "aws.s3"\n',
    ],
    [
      'a change of another key',
      { ...TRY, changes: [...TRY.changes, { path: 'account', value: 1 }] },
      'event.json: changes of the step try must be those of models.churn.challenger.version, models.churn.challenger.weight, got models.churn.challenger.version, models.churn.challenger.weight, account\n',
    ],
    [
      'a change of another model',
      { ...WITHDRAW, changes: [{ path: 'models.ads.challenger.weight', value: 0 }] },
      'event.json: changes of the step withdraw must be those of models.churn.challenger.weight, got models.ads.challenger.weight\n',
    ],
    [
      'another version than that of the event',
      { ...TRY, changes: [{ path: `${MODEL}.challenger.version`, value: 9 }, TRY.changes[1]] },
      'event.json: the value of models.churn.challenger.version must be the version 4 of the event, got 9\n',
    ],
    [
      'a share that no loop gives',
      { ...TRY, changes: [TRY.changes[0], { path: `${MODEL}.challenger.weight`, value: 90 }] },
      'event.json: the value of models.churn.challenger.weight must be at most 50, got 90\n',
    ],
    [
      'a share where a promotion takes it away',
      { ...PROMOTE, changes: [PROMOTE.changes[0], TRY.changes[1]] },
      'must be at most 0, got 10',
      ON_TRIAL,
    ],
    [
      'an event of another account',
      whole(TRY, { account: '999988887777' }),
      `${DEV}: is of the account ${ACCOUNT}, and the event of 999988887777; name the file of the other environment\n`,
    ],
    [
      'an event of another region',
      whole(TRY, { region: 'us-east-1' }),
      `is of the region ${REGION}, and the event of us-east-1`,
    ],
    [
      'an event of another environment',
      { ...TRY, loop: 'acme-prod-review-churn' },
      `${DEV}: has loops whose names begin with acme-dev-, and the event is of acme-prod-review-churn; name the file of the other environment\n`,
    ],
    [
      'a promotion of a version that is not on trial any more',
      PROMOTE,
      `${DEV}: models.churn.challenger.version is 5 by now, and the event is of version 4; leave it, the review of version 5 asks for its own change\n`,
      ON_TRIAL.replace('version: 4', 'version: 5'),
    ],
    ['a withdrawal of such a version', WITHDRAW, 'is 5 by now', ON_TRIAL.replace('version: 4', 'version: 5')],
    [
      'a model without a challenger',
      TRY,
      `${DEV}: models.churn.challenger.version must be a number in the file, got none; models.churn.challenger.weight must be a number in the file, got none`,
      FILE.replace(/ {4}challenger.*\n/, ''),
    ],
  ];
  test.each(bad)('%s', async (_, event, message, file = FILE) => {
    writeFileSync(DEV, file);
    const { code, out, err } = await change(event);
    expect([code, out, dev()]).toEqual([2, '', file]);
    expect(err).toContain(message);
  });

  test('a file that would have an error which it does not have now', async () => {
    const other = { ...TRY, changes: [TRY.changes[0], { path: `${MODEL}.challenger.weight`, value: 0 }] };
    const zero = FILE.replace('weight: 0 }', 'weight: 1 }').replace(
      '    challenger:',
      '    weight: 0\n    challenger:',
    );
    writeFileSync(DEV, zero);
    const { code, err } = await change(other);
    expect([code, dev()]).toEqual([2, zero]);
    expect(err).toMatch(/^environments\/dev\.yaml:\d+:\d+ models\.churn/);
  });

  test('files and events that are not there', async () => {
    expect(await cli('change', 'qa', 'event.json')).toMatchObject({
      code: 2,
      err: `${join('environments', 'qa.yaml')}: does not exist; name a file, or one in environments/\n`,
    });
    expect(await cli('change', 'dev', 'gone.json')).toMatchObject({
      code: 2,
      err: 'gone.json: does not exist; name a file with an event, or pipe it in\n',
    });
  });
});

test('changes a file with sections of your own, which only your program can check', async () => {
  const own = `${FILE}acme: { budget: 3 }\n`;
  writeFileSync(DEV, own);
  expect(await change(TRY)).toMatchObject({ code: 0 });
  expect(dev()).toBe(`${ON_TRIAL}acme: { budget: 3 }\n`);
});
