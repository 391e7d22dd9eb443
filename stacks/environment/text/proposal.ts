import { parseDocument } from 'yaml';
import * as z from 'zod';
import { InputError } from '../../../lib/core/input-error';
import { NAME } from '../../../lib/core/text-pattern';
import { changesOf } from '../../../lib/monitoring/loop/file-change';
import { CHANGE_PROPOSED, LOOP_SOURCE, LOOP_STEPS, TRIAL_SHARE } from '../../../lib/monitoring/loop/loop-limits';
import { EnvironmentFileError, keyPath } from '../errors';
import { FORMAT } from '../platform-format';
import { changedText } from './change';

const MAX_SHOWN = 80;
const version = z.int('a whole number of at least 1').min(1, 'a whole number of at least 1');

const DetailSchema = z.object({
  loop: z.string('a text'),
  model: z.string('a text').regex(NAME.pattern, NAME.meaning),
  step: z.enum(LOOP_STEPS, `one of ${LOOP_STEPS.join(', ')}`),
  version,
  changes: z.array(
    z.object({ path: z.string('a text'), value: z.int('a whole number').min(0, 'a whole number of at least 0') }),
    'a list',
  ),
  text: z.string('a text'),
});
const EventSchema = z.object({
  source: z.literal(LOOP_SOURCE, LOOP_SOURCE),
  'detail-type': z.literal(CHANGE_PROPOSED, CHANGE_PROPOSED),
  account: z.string('a text').optional(),
  region: z.string('a text').optional(),
  detail: DetailSchema,
});

/** What a retraining loop asks for: an event `Model Change Proposed`. */
export interface Proposal extends z.output<typeof DetailSchema> {
  /** Account of the event, if it was there. */
  readonly account?: string | undefined;
  /** Region of the event, if it was there. */
  readonly region?: string | undefined;
}

/**
 * Reads an event `Model Change Proposed`, or the `detail` of one, as a rule or a target of EventBridge may hand it on.
 *
 * @param text JSON
 * @param source where it is from, for error messages
 * @throws InputError with everything that is wrong with it, also if it changes anything else than its step may
 */
export function readProposal(text: string, source: string): Proposal {
  const event = jsonIn(text, source);
  const isWhole = typeof event === 'object' && event !== null && 'detail' in event;
  const { data, error } = isWhole ? EventSchema.safeParse(event) : DetailSchema.safeParse(event);
  if (error) {
    const faults = error.issues.map(
      ({ path, message }) => `${keyOf(path)} must be ${message}, got ${shown(event, path)}`,
    );
    throw new InputError(faults.map((fault) => `${source}: ${fault}`).join('\n'));
  }
  const proposal: Proposal = 'detail' in data ? { ...data.detail, account: data.account, region: data.region } : data;
  const faults = [...faultsOf(proposal)];
  if (faults.length > 0) throw new InputError(faults.map((fault) => `${source}: ${fault}`).join('\n'));
  return proposal;
}

/**
 * The text of an environment file with the change that a loop asks for. Nothing else of it changes.
 *
 * @param file file name for error messages
 * @throws InputError if the event is of another environment, if the file has gone on since, or would have errors that it does not have now
 */
export function proposedText(text: string, file: string, proposal: Proposal): string {
  const faults = [...strangers(text, proposal), ...late(text, proposal)];
  if (faults.length > 0) throw new InputError(faults.map((fault) => `${file}: ${fault}`).join('\n'));
  let changed: string;
  try {
    changed = changedText(text, proposal.changes);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${file}: ${error.message}`) : error;
  }
  const known = new Set(errorsIn(text, file).map(({ key }) => key));
  const fresh = errorsIn(changed, file).filter(({ key }) => !known.has(key));
  if (fresh.length > 0) throw new InputError(fresh.map(({ told }) => told).join('\n'));
  return changed;
}

function jsonIn(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${source}: must be an event as JSON, got ${text.trim() === '' ? 'nothing' : (error as Error).message}`,
    );
  }
}

function keyOf(path: readonly PropertyKey[]): string {
  const key = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return key === '' ? 'it' : key.slice(1);
}

function shown(event: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce((found, part) => (found as Record<PropertyKey, unknown> | undefined)?.[part], event);
  const text = value === undefined ? 'none' : JSON.stringify(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** An event is data of others: it may change what its step changes, and no other key. */
function* faultsOf({ model, step, version: approved, changes }: Proposal): Iterable<string> {
  const wanted = changesOf(step, model, TRIAL_SHARE.max);
  const paths = wanted.map(({ path }) => path);
  const given = changes.map(({ path }) => path);
  if (JSON.stringify(given.toSorted()) !== JSON.stringify(paths.toSorted())) {
    yield `changes of the step ${step} must be those of ${paths.join(', ')}, got ${given.join(', ') || 'none'}`;
    return;
  }
  for (const { path, value: most } of wanted) {
    const { value } = changes.find((change) => change.path === path)!;
    if (most === 'version' && value !== approved) {
      yield `the value of ${path} must be the version ${approved} of the event, got ${value}`;
    }
    if (most !== 'version' && value > most) yield `the value of ${path} must be at most ${most}, got ${value}`;
  }
}

/** Differences of the places of event and file. */
function* strangers(text: string, { account, region, loop }: Proposal): Iterable<string> {
  const written = valuesIn(text);
  for (const [key, value] of Object.entries({ account, region })) {
    const own = written(key);
    if (value !== undefined && own !== undefined && own !== value) {
      yield `is of the ${key} ${own}, and the event of ${value}; name the file of the other environment`;
    }
  }
  const prefix = `${written('project')}-${written('environment')}-`;
  if (!loop.startsWith(prefix)) {
    yield `has loops whose names begin with ${prefix}, and the event is of ${loop}; name the file of the other environment`;
  }
}

/** An event may wait for days until somebody takes it, and another version may be on trial by then. */
function* late(text: string, { model, step, version: approved }: Proposal): Iterable<string> {
  if (step === 'try') return;
  const path = `models.${model}.challenger.version`;
  const tried = valuesIn(text)(path);
  if (tried === undefined || tried === String(approved)) return;
  yield `${path} is ${tried} by now, and the event is of version ${approved}; leave it, the review of version ${tried} asks for its own change`;
}

/** Reads values of a file by their paths, as texts. */
function valuesIn(text: string): (path: string) => string | undefined {
  const document = parseDocument(text, { logLevel: 'error' });
  return (path) => {
    const value = document.getIn(path.split('.'));
    return ['string', 'number'].includes(typeof value) ? String(value) : undefined;
  };
}

/** Errors of a file, each with a key that does not depend on its line. Those of sections of your own are in it, before and after. */
function errorsIn(text: string, file: string): { readonly key: string; readonly told: string }[] {
  try {
    FORMAT.parse(text, file);
    return [];
  } catch (error) {
    if (!(error instanceof EnvironmentFileError)) throw error;
    return error.errors.map(({ line, column, path, message }) => {
      const told = `${keyPath(path)}: ${message}`;
      return { key: told, told: `${file}:${line}:${column} ${told}` };
    });
  }
}
