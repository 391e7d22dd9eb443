import type * as z from 'zod';
import { brokenTimeZone } from '../../../lib/aws/time-zone';
import { brokenCron } from '../../../lib/scheduler/trigger/cron-limits';
import { brokenInstances, brokenScaledType, DEFAULT_CONCURRENCY } from '../../../lib/serving/endpoint/endpoint-limits';
import { type Draft, written } from '../../environment/draft';
import { broken, error, type FileError, type Path } from '../../environment/errors';
import type { DraftModel } from './draft';
import { DEFAULT_INSTANCES, type InstancesSchema } from './instances';

type DraftInstances = Draft<NonNullable<z.input<typeof InstancesSchema>>>;

/** What a model runs on, and how many of it. */
export function* capacityRules(path: Path, model: DraftModel, file: Draft): Iterable<FileError> {
  yield* capacity(path, model);
  yield* instancesOf([...path, 'instances'], model.instances ?? {}, model, file);
  if (model.challenger?.instances) {
    yield* instancesOf([...path, 'challenger', 'instances'], model.challenger.instances, model, file);
  }
  yield* scaledTypes(path, model, file);
}

/** The types of what is scaled, once each where it is written. */
function* scaledTypes(path: Path, { instance, instances = {}, challenger }: DraftModel, { size = 'small' }: Draft) {
  const isScaled = ({ min = DEFAULT_INSTANCES.of(size), max }: DraftInstances) => max !== undefined && max > min;
  const own = challenger?.instance;
  const others = challenger && !own ? [challenger.instances ?? instances] : [];
  if (instance && [instances, ...others].some(isScaled)) {
    yield* broken([...path, 'instance'], instance, brokenScaledType(instance));
  }
  if (own && isScaled(challenger.instances ?? instances)) {
    yield* broken([...path, 'challenger', 'instance'], own, brokenScaledType(own));
  }
}

function* capacity(path: Path, model: DraftModel): Iterable<FileError> {
  const isServerless = 'serverless' in model;
  if (!isServerless && !('instance' in model)) {
    yield error(
      path,
      'is missing the type of its instances; add instance, for example ml.m5.large, or serverless: {}',
      'key',
    );
  }
  if (isServerless) {
    for (const key of ['instance', 'instances', 'asynchronous'] as const) {
      if (key in model) yield error([...path, key], 'must not be beside serverless, got both; keep one', 'key');
    }
    if (model.isolated === true) {
      yield error(
        [...path, 'isolated'],
        'must not be true with serverless, which takes no isolation, got true; remove it',
      );
    }
    const { maxConcurrency = DEFAULT_CONCURRENCY, provisionedConcurrency } = model.serverless ?? {};
    if (
      provisionedConcurrency !== undefined &&
      maxConcurrency !== undefined &&
      provisionedConcurrency > maxConcurrency
    ) {
      const message = `must be at most maxConcurrency ${maxConcurrency}, got the number ${provisionedConcurrency}; lower it, or raise maxConcurrency`;
      yield error([...path, 'serverless', 'provisionedConcurrency'], message);
    }
  }
}

function* instancesOf(
  path: Path,
  counts: DraftInstances,
  model: DraftModel,
  { size = 'small' }: Draft,
): Iterable<FileError> {
  if ('serverless' in model) return;
  const isAsynchronous = 'asynchronous' in model;
  const { max, initial, target, schedules } = counts;
  const min = 'min' in counts ? counts.min : DEFAULT_INSTANCES.of(size);
  if (min === undefined) return;
  if (min === 0 && !isAsynchronous) {
    const message =
      'must be at least 1, got the number 0: who asks would wait for none; write 1 or more, or add asynchronous: {}';
    yield error([...path, 'min'], message);
  }
  if (size === 'large' && min === 1 && !isAsynchronous) {
    const message =
      'must be at least 2 in an environment of size large, got the number 1: the loss of a zone would be an outage; write 2 or more';
    yield error([...path, 'min'], message);
  }
  for (const { part, ...rule } of brokenInstances({ min, max, initial })) {
    yield* broken([...path, part], (part === 'max' ? max : initial)!, [rule]);
  }
  const isScaled = max !== undefined && max > min;
  if (isScaled && !('target' in counts)) {
    const message =
      'is missing the target of its scaling; add what one instance was measured to bear, for example target: 300';
    yield error(path, message, 'key');
  }
  if (!isScaled && 'max' in counts === (max !== undefined)) {
    for (const key of ['target', 'schedules', 'initial'] as const) {
      if (!(key in counts) || (key === 'initial' && initial === undefined)) continue;
      yield error([...path, key], 'has no effect without a max above min; remove it, or add max', 'key');
    }
  }
  if (target === undefined && schedules === undefined) return;
  for (const [name, schedule] of written(schedules)) {
    const place = [...path, 'schedules', name];
    if (schedule.cron !== undefined) yield* broken([...place, 'cron'], schedule.cron, brokenCron(schedule.cron));
    if (schedule.zone !== undefined) yield* broken([...place, 'zone'], schedule.zone, brokenTimeZone(schedule.zone));
    for (const { part, ...rule } of brokenInstances({ min: schedule.min, max: schedule.max })) {
      yield* broken([...place, part], schedule.max!, [rule]);
    }
    if (schedule.min === 0 && !isAsynchronous) {
      yield error(
        [...place, 'min'],
        'must be at least 1, got the number 0: who asks would wait for none; write 1 or more',
      );
    }
  }
}
