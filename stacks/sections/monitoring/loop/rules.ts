import type * as z from 'zod';
import { brokenCooldown, brokenPlace } from '../../../../lib/scheduler/trigger/trigger-limits';
import { type Draft, entryOf } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { parameterRules } from '../../scheduler/triggers/parameters';
import { DEFAULT_HOURS, MINUTES_PER_HOUR, type RetrainSchema } from './schema';

type DraftRetrain = Draft<z.input<typeof RetrainSchema>>;

/** Rules of a loop: what it trains is registered where its model takes versions from, and is tried in a challenger. */
export function* retrainRules(
  path: Path,
  name: string,
  retrain: DraftRetrain | undefined,
  file: Draft,
): Iterable<FileError> {
  if (retrain === undefined) return;
  yield* modelRules(path, name, file);
  yield* pipelineRules(path, name, retrain, file);
  const { pipeline, parameters } = retrain;
  yield* parameterRules(path, 'parameters' in retrain ? { pipeline, parameters } : { pipeline }, file);
  yield* times(path, retrain);
  const { alarm } = retrain;
  // the region of each ARN is checked everywhere
  if (alarm !== undefined) yield* broken([...path, 'alarm'], alarm, brokenPlace(alarm, { account: file.account }));
}

function* modelRules(path: Path, name: string, file: Draft): Iterable<FileError> {
  const model = entryOf(file.models ?? {}, name);
  if (model === undefined) return;
  if (!('package' in model)) {
    const message = `needs versions that a person approves, and models.${name} takes none of registry.packages; give it a package`;
    yield error(path, message, 'key');
  }
  if (!('challenger' in model)) {
    const message = `needs a challenger, in which a new version is tried; add challenger: { version: ${model.version ?? 1}, weight: 0 } to models.${name}`;
    yield error(path, message, 'key');
  }
  if ('weight' in model) {
    const message = `sets the share of the challenger in percent, and models.${name}.weight makes it a ratio; remove that weight`;
    yield error(path, message, 'key');
  }
}

function* pipelineRules(path: Path, name: string, { pipeline }: DraftRetrain, file: Draft): Iterable<FileError> {
  if (pipeline === undefined) return;
  const own = entryOf(file.models ?? {}, name)?.package;
  const registered = entryOf(file.training?.pipelines ?? {}, pipeline)?.packages;
  if (own !== undefined && registered !== undefined && own !== registered) {
    const message = `must register in ${own}, from which models.${name} takes its versions, got '${pipeline}', which registers in ${registered}; name another pipeline`;
    yield error([...path, 'pipeline'], message);
  }
}

function* times(path: Path, retrain: DraftRetrain): Iterable<FileError> {
  const { cooldownHours, maxRunHours } = {
    cooldownHours: DEFAULT_HOURS.cooldown,
    maxRunHours: DEFAULT_HOURS.run,
    ...retrain,
  };
  if (cooldownHours === undefined || maxRunHours === undefined) return;
  if (brokenCooldown(cooldownHours * MINUTES_PER_HOUR, maxRunHours * MINUTES_PER_HOUR).length === 0) return;
  const at = 'cooldownHours' in retrain ? 'cooldownHours' : 'maxRunHours';
  const message = `must leave cooldownHours at least as long as maxRunHours, got ${cooldownHours} and ${maxRunHours}: no run starts before the end of one; raise cooldownHours, or lower maxRunHours`;
  yield error([...path, at], message);
}
