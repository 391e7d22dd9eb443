import { brokenTimeZone } from '../../../../lib/aws/time-zone';
import { brokenCron } from '../../../../lib/scheduler/trigger/cron-limits';
import { brokenBatch, isWithin, LINE_TYPES } from '../../../../lib/serving/batch/batch-limits';
import { type Draft, written } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { unlistedInstance } from '../../training/allowed-instances';
import type { DraftModel } from '../draft';
import { DEFAULT_CAPTURE_ZONE } from '../schema';

/** Where a zone has the captured requests and answers of its models. */
const CAPTURED = 'captured';

/** Rules between the values of predictions for files. */
export function* batchRules(path: Path, { batch }: DraftModel, all: Draft): Iterable<FileError> {
  if (!batch) return;
  if (!('training' in all)) {
    yield error(path, 'needs training, in whose network its jobs run; add training', 'key');
  }
  const { instance, input, output, cron, join = true, contentType = LINE_TYPES[0] } = batch;
  const { accept = contentType, timezone } = batch;
  yield* unlistedInstance([...path, 'instance'], instance, all);
  if (cron !== undefined) yield* broken([...path, 'cron'], cron, brokenCron(cron));
  if (timezone !== undefined) yield* broken([...path, 'timezone'], timezone, brokenTimeZone(timezone));
  for (const { part, must, got, fix } of brokenBatch({ contentType, accept, join })) {
    const key = part in batch ? part : 'contentType' in batch ? 'contentType' : 'accept';
    yield error([...path, key], `${must}, got ${got}; ${fix}`, 'key');
  }
  const intoCaptured =
    output?.prefix !== undefined &&
    isWithin(output.prefix, CAPTURED) &&
    written(all.models).some(([, other]) => {
      const { zone = DEFAULT_CAPTURE_ZONE } = other.capture ?? {};
      return 'capture' in other && zone === output.zone;
    });
  if (intoCaptured) {
    const message = `must not be in the folder ${CAPTURED}, whose files are the tables of captured requests, got '${output.prefix}'; use another folder`;
    yield error([...path, 'output', 'prefix'], message);
  }
  if (input?.prefix === undefined || output?.prefix === undefined || input.zone !== output.zone) return;
  if (isWithin(output.prefix, input.prefix)) {
    const message = `must not be in the folder of the input, got '${output.prefix}': a run would be asked about the answers of another; use another folder`;
    yield error([...path, 'output', 'prefix'], message);
  }
}
