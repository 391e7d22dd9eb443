import { TRIGGER_PARAMETERS } from '../../../../lib/scheduler/trigger/trigger-limits';
import { PARAMETER_NAME } from '../../../../lib/training/pipeline/pipeline-limits';
import { type Draft, entryOf } from '../../../environment/draft';
import { error, type FileError, type Path } from '../../../environment/errors';
import { nearest } from '../../../environment/text/nearest';
import { parametersOf } from '../../training/pipelines/parameters';
import type { DraftTrigger } from './rules';

/** SageMaker refuses to start a run with a parameter that the pipeline does not have, or without one that has no default. */
export function* parameterRules(path: Path, trigger: DraftTrigger, file: Draft): Iterable<FileError> {
  const given = 'parameters' in trigger ? trigger.parameters : {};
  const place = [...path, 'parameters'];
  const names = Object.keys(given ?? {});
  const isOwn = (name: string) => TRIGGER_PARAMETERS.some((own) => own === name);
  for (const name of names.filter(isOwn)) {
    yield error([...place, name], 'is set by the trigger; remove it', 'key');
  }
  const pipeline = entryOf(file.training?.pipelines ?? {}, trigger.pipeline ?? '');
  if (pipeline === undefined || given === undefined) return;
  const known = parametersOf(pipeline, file);
  const all = [...known.keys()];
  const list = all.length > 0 ? all.join(', ') : 'none';
  const isOther = (name: string) => PARAMETER_NAME.pattern.test(name) && !isOwn(name);
  for (const name of names.filter((one) => !known.has(one) && isOther(one))) {
    const meant = nearest(name, all);
    const advice = meant ? `did you mean '${meant}'?` : `known here: ${list}`;
    yield error([...place, name], `is not a parameter of ${trigger.pipeline}; ${advice}`, 'key');
  }
  const missing = all.filter((name) => known.get(name) && !names.includes(name));
  if (missing.length === 0) return;
  const example = missing.map((name) => `${name}: ...`).join(', ');
  yield error(
    'parameters' in trigger ? place : path,
    `must have values of ${missing.join(', ')}, without which ${trigger.pipeline} cannot start; add parameters: { ${example} }`,
    'key',
  );
}
