import type * as z from 'zod';
import { MAX_ALARM_TOPICS } from '../../../lib/aws/alarm-topics';
import { MAX_RECEIVERS } from '../../../lib/monitoring/actions/actions-limits';
import type { Draft } from '../../environment/draft';
import { error, type FileError, type Path } from '../../environment/errors';
import { unknownName } from '../../environment/rules/references';
import { alarmRules, graphRules } from './alarm-rules';
import { driftRules } from './drift/rules';
import { type MonitoringSchema, RECEIVER_KEYS, WARNED_KEYS } from './schema';
import { watchesAnything } from './things';

/** The valid parts of the section. */
export type DraftMonitoring = Draft<NonNullable<z.input<typeof MonitoringSchema>>>;
type DraftReceivers = NonNullable<DraftMonitoring['receivers']>;

/** Rules between the values of `monitoring`. */
export function* monitoringRules(own: DraftMonitoring, file: Draft): Iterable<FileError> {
  if (!('monitoring' in file) || file.monitoring === undefined) return;
  if (own.receivers !== undefined) yield* receivers(own.receivers, file);
  if (!watchesAnything(file)) {
    yield error(['monitoring'], 'has nothing to watch: no part of the file has alarms; remove it', 'key');
  }
  yield* succeedsEvery(own, file);
  yield* alarmRules(own, file);
  yield* graphRules(own, file);
  yield* driftRules(own.drift, file);
}

function* receivers(own: DraftReceivers, { account, region }: Draft): Iterable<FileError> {
  const path = ['monitoring', 'receivers'];
  const isEmpty = (key: (typeof RECEIVER_KEYS)[number]) => Array.isArray(own[key]) && own[key].length === 0;
  const present = RECEIVER_KEYS.filter((key) => key in own && !isEmpty(key));
  if (present.length === 0) {
    yield error(path, `must have somebody who hears of alarms, got nobody; add one of ${RECEIVER_KEYS.join(', ')}`);
  } else if (!present.some((key) => key !== 'pagerDuty')) {
    const message = `must have somebody who hears of warnings, got only pagerDuty, which hears of critical alarms; add one of ${WARNED_KEYS.join(', ')}`;
    yield error(path, message);
  }
  yield* lists(path, own);
  yield* secrets(path, own);
  if (own.eventBus?.endsWith(`:${region}:${account}:event-bus/default`)) {
    const message = `must be another bus than the default one of this account, which has every change of an alarm already, got '${own.eventBus}'; remove it, or name another`;
    yield error([...path, 'eventBus'], message);
  }
}

function* lists(path: Path, { email = [], topics = [], slack, teams, pagerDuty }: DraftReceivers): Iterable<FileError> {
  yield* repeated([...path, 'email'], email);
  yield* repeated([...path, 'topics'], topics);
  if (email.length > MAX_RECEIVERS) {
    const message = `must have at most ${MAX_RECEIVERS} addresses, got ${email.length}; use the address of a group`;
    yield error([...path, 'email'], message);
  }
  const hasOwn = email.length > 0 || [slack, teams, pagerDuty].some((one) => one !== undefined);
  const most = MAX_ALARM_TOPICS - (hasOwn ? 1 : 0);
  if (topics.length > most) {
    const beside = hasOwn ? ' beside the one of the platform' : '';
    const message = `must have at most ${most} topics${beside}, got ${topics.length}; use a topic that tells the others`;
    yield error([...path, 'topics'], message);
  }
}

function* repeated(path: Path, list: readonly (string | undefined)[]): Iterable<FileError> {
  const seen = new Set<string>();
  for (const [index, one] of list.entries()) {
    if (one === undefined) continue;
    if (seen.has(one)) yield error([...path, index], `must be there once, got '${one}' again; remove it`);
    seen.add(one);
  }
}

/** One text cannot be the address of two services. */
function* secrets(path: Path, own: DraftReceivers): Iterable<FileError> {
  const seen = new Map<string, string>();
  for (const key of ['slack', 'teams', 'pagerDuty'] as const) {
    const arn = own[key];
    if (arn === undefined) continue;
    const other = seen.get(arn);
    if (other !== undefined) {
      yield error([...path, key], `must be another secret than that of ${other}, got '${arn}'; each has its own text`);
    }
    seen.set(arn, key);
  }
}

function* succeedsEvery({ succeedsEvery = {} }: DraftMonitoring, file: Draft): Iterable<FileError> {
  const pipelines = file.training?.pipelines ?? {};
  for (const name of Object.keys(succeedsEvery)) {
    if (Object.hasOwn(pipelines, name)) continue;
    const path = ['monitoring', 'succeedsEvery', name];
    yield error(path, unknownName('training.pipelines', name, pipelines), 'key');
  }
}
