import * as z from 'zod';
import { NAME } from '../../../lib/core/text-pattern';
import { DATA_PREFIX } from '../../../lib/training/data/data-limits';
import { DIRECTORY } from '../../../lib/training/data/file-system-limits';
import type { Draft } from '../../environment/draft';
import { entryOf } from '../../environment/draft';
import { error, type FileError, type Path } from '../../environment/errors';
import { reference, text } from '../../environment/schema/fields';

/** What editors know of an input. */
export const INPUT_RULES = { anyOf: [{ required: ['zone'] }, { required: ['fileSystem'] }] };

/** What a job reads: a folder of a zone, or of a file system. */
export const InputSchema = z
  .strictObject({
    zone: reference('lake.zones', text(NAME)).describe('Zone of the data. Default: none, with fileSystem.').optional(),
    prefix: text(DATA_PREFIX).describe('Folder in the zone, or in a directory bucket. Default: none.').optional(),
    fileSystem: reference('training.fileSystems', text(NAME))
      .describe('File system of the data. Default: none, with zone.')
      .optional(),
    directory: text(DIRECTORY)
      .describe("Folder below the file system's, or below the team's in EFS. Default: all of it.")
      .optional(),
  })
  .describe('What a job reads.')
  .meta(INPUT_RULES);

export type Input = z.output<typeof InputSchema>;
type DraftInput = Draft<z.input<typeof InputSchema>>;

/**
 * Rules of one input.
 *
 * @param runner what reads it: a container of AWS Batch cannot mount Lustre, a processing job mounts nothing
 */
export function* inputRules(path: Path, input: DraftInput, runner: Runner, file: Draft): Iterable<FileError> {
  const places = ['zone', 'fileSystem'].filter((key) => key in input);
  if (places.length !== 1) {
    const got = places.length === 0 ? 'neither' : 'both';
    yield error(
      path,
      `must have a zone or a fileSystem, got ${got}; ${got === 'both' ? 'remove one' : 'add one'}`,
      'key',
    );
    return;
  }
  const { fileSystem } = input;
  const type = fileSystem === undefined ? undefined : entryOf(file.training?.fileSystems ?? {}, fileSystem)?.type;
  const isObjects = 'zone' in input || type === 'express';
  if (fileSystem !== undefined && type === undefined) return; // an unknown one: the references say so
  if (isObjects && !('prefix' in input)) {
    yield error(path, 'is missing its prefix; add the folder of the data, for example prefix: churn/train', 'key');
  }
  for (const key of isObjects ? (['directory'] as const) : (['prefix'] as const)) {
    if (key in input) {
      const instead = key === 'directory' ? 'use prefix' : 'use directory';
      yield error(
        [...path, key],
        `has no effect with ${isObjects ? 'objects' : `a file system of ${type}`}; ${instead}`,
        'key',
      );
    }
  }
  if (type === 'lustre' && runner !== 'training') {
    const what = runner === 'batch' ? 'a container of AWS Batch' : 'a processing job';
    yield error(
      [...path, 'fileSystem'],
      `must not be lustre for ${what}, which cannot mount it, got '${fileSystem}'; use the zone that it is linked to`,
    );
  }
  if (type === 'efs' && runner === 'processing') {
    yield error(
      [...path, 'fileSystem'],
      `must not be efs for a processing job, which mounts nothing, got '${fileSystem}'; use data of a zone`,
    );
  }
}

/** What reads an input. */
export type Runner = 'training' | 'processing' | 'batch';
