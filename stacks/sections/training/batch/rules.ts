import type * as z from 'zod';
import {
  brokenInstanceType,
  brokenShares,
  brokenSize,
  hasGpu,
  isFargate,
} from '../../../../lib/training/batch/batch-limits';
import { brokenPlace } from '../../../../lib/training/batch/instance-limits';
import { type Draft, entryOf, written } from '../../../environment/draft';
import { broken, error, type FileError, type Path } from '../../../environment/errors';
import { unknownName } from '../../../environment/rules/references';
import { trackedRules } from '../../tracking/rules';
import { inputRules } from '../inputs';
import { type BatchSchema, INSTANCE_KEYS } from './schema';

type DraftBatch = Draft<NonNullable<z.input<typeof BatchSchema>>>;
type Pool = NonNullable<DraftBatch[string]>;
type Job = NonNullable<NonNullable<Pool['jobs']>[string]>;

/** Rules between the values of `training.batch`. */
export function* batchRules(batch: DraftBatch, file: Draft): Iterable<FileError> {
  for (const [name, pool] of written(batch)) {
    const path = ['training', 'batch', name];
    yield* capacity(path, pool);
    yield* shares(path, pool, file);
    if (pool.queues !== undefined && Object.keys(pool.queues).length === 0) {
      yield error([...path, 'queues'], 'must have at least one queue, got none; add one, or remove the key');
    }
    for (const [job, own] of written(pool.jobs)) yield* jobRules([...path, 'jobs', job], own, pool, file);
  }
}

function* capacity(path: Path, { capacity: kind, instances, ...pool }: Pool): Iterable<FileError> {
  if (kind === undefined) return;
  const present = { instances, ...pool };
  if (isFargate(kind)) {
    for (const key of INSTANCE_KEYS) {
      if (present[key] === undefined) continue;
      yield error([...path, key], `has no effect with capacity ${kind}, which has no instances; remove it`, 'key');
    }
    return;
  }
  if (!('instances' in present) || instances === undefined) {
    yield error(path, `is missing its instances for capacity ${kind}; add for example instances: [g5.xlarge]`, 'key');
  } else if (instances.length === 0) {
    yield error([...path, 'instances'], 'must name at least one type, got none; add one');
  }
  for (const [index, type] of (instances ?? []).entries()) {
    if (type !== undefined) yield* broken([...path, 'instances', index], type, brokenInstanceType(type));
  }
  if (kind === 'on-demand' && pool.fallbackVcpus !== undefined) {
    yield error(
      [...path, 'fallbackVcpus'],
      'has no effect with capacity on-demand; remove it, or raise maxVcpus',
      'key',
    );
  }
}

function* shares(path: Path, { shares: own }: Pool, file: Draft): Iterable<FileError> {
  const teams = file.teams ?? {};
  if (own === undefined) {
    if (Object.keys(teams).length === 0) {
      yield error(path, 'needs a team that shares it, got none; add one under teams, or remove it', 'key');
    }
    for (const rule of brokenShares(Object.fromEntries(Object.keys(teams).map((team) => [team, 1])))) {
      yield error(path, `its shares ${rule.must}; ${rule.fix}`, 'key');
    }
    return;
  }
  const given = Object.fromEntries(written(own));
  if (Object.keys(own).length === 0) {
    yield error([...path, 'shares'], 'must have at least one team, got none; add one, or remove the key');
  }
  for (const team of Object.keys(own)) {
    if (!Object.hasOwn(teams, team)) yield error([...path, 'shares', team], unknownName('teams', team, teams), 'key');
  }
  for (const { must, fix } of brokenShares(given)) yield error([...path, 'shares'], `${must}; ${fix}`, 'key');
}

function* jobRules(path: Path, job: Job, pool: Pool, file: Draft): Iterable<FileError> {
  const { team, inputs = {} } = job;
  if (team !== undefined && pool.shares !== undefined && !Object.hasOwn(pool.shares, team)) {
    const known = Object.keys(pool.shares).join(', ');
    yield error(
      [...path, 'team'],
      `must have a share in its pool, got '${team}'; add it to shares, or use one of ${known}`,
    );
  }
  for (const [name, input] of written(inputs)) yield* inputRules([...path, 'inputs', name], input, 'batch', file);
  yield* trackedRules(path, job.tracked, file);
  yield* size(path, job, pool);
}

function* size(
  path: Path,
  job: Job,
  { capacity: kind, maxVcpus, fallbackVcpus, instances }: Pool,
): Iterable<FileError> {
  const { vcpus, memoryMib, gpus = 0 } = job;
  if (kind === undefined) return;
  if (vcpus !== undefined && memoryMib !== undefined) {
    for (const { key, rule } of brokenSize(kind, { vcpus, memoryMib, gpus })) {
      yield* broken([...path, key], { vcpus, memoryMib, gpus }[key], [rule]);
    }
  }
  const most = Math.max(maxVcpus ?? 0, fallbackVcpus ?? 0);
  if (vcpus !== undefined && maxVcpus !== undefined && vcpus > most) {
    const message = `must be at most ${most}, all that its pool has, got the number ${vcpus}; lower it, or raise maxVcpus`;
    yield error([...path, 'vcpus'], message);
  }
  const types = instances ?? [];
  const hasTypes = types.every((type): type is string => type !== undefined);
  if (vcpus !== undefined && memoryMib !== undefined && !isFargate(kind) && hasTypes) {
    for (const { key, rule } of brokenPlace(types, { vcpus, memoryMib, gpus })) {
      yield* broken([...path, key], { vcpus, memoryMib, gpus }[key], [rule]);
    }
  }
  if (gpus > 0 && !isFargate(kind) && types.length > 0 && !types.some((type) => type === undefined || hasGpu(type))) {
    const message = `must be 0 in a pool without graphics processors, got the number ${gpus}; add a type such as g5.xlarge to its instances`;
    yield error([...path, 'gpus'], message);
  }
  const misplaced = isFargate(kind) ? 'sharedMemoryMib' : 'diskGb';
  if (entryOf(job as Record<string, unknown>, misplaced) === undefined) return;
  const fix = isFargate(kind) ? 'Fargate has none; remove it' : 'use volumeGb of the pool';
  yield error([...path, misplaced], `has no effect with capacity ${kind}: ${fix}`, 'key');
}
