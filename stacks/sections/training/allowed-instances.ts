import type { Draft } from '../../environment/draft';
import { error, type FileError, type Path } from '../../environment/errors';
import { SIZES } from '../../environment/schema/choices';
import { INSTANCES } from './defaults';

/** An instance type that jobs may not use: one of `training.instances` is needed, or of their default. */
export function* unlistedInstance(path: Path, type: string | undefined, file: Draft): Iterable<FileError> {
  const { training, size = SIZES[0] } = file;
  const isListed = training !== undefined && 'instances' in training;
  const allowed = isListed ? training.instances : INSTANCES.of(size);
  // an empty list and one with an error are refused where they are
  if (type === undefined || !allowed?.length || allowed.includes(undefined) || allowed.includes(type)) return;
  const message = `must be one of training.instances (${allowed.join(', ')}), got '${type}'; add it there, or choose one of them`;
  yield error(path, message);
}
