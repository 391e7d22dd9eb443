import type * as z from 'zod';
import { Ipv4Block } from '../../../../lib/network/ipv4-block';
import { brokenDagCount, brokenOption, brokenRequirement } from '../../../../lib/scheduler/airflow/airflow-limits';
import { brokenVersion } from '../../../../lib/scheduler/airflow/version-limits';
import type { Draft } from '../../../environment/draft';
import { broken, error, type FileError } from '../../../environment/errors';
import { type AirflowSchema, CLASSES } from './schema';

type DraftAirflow = Draft<NonNullable<z.input<typeof AirflowSchema>>>;

const PATH = ['scheduler', 'airflow'];
/** Shortest prefix of a block that is not half of the internet. */
const SHORTEST_PREFIX = 8;

/** Rules between the values of `scheduler.airflow`. */
export function* airflowRules(own: DraftAirflow, file: Draft): Iterable<FileError> {
  if (file.scheduler?.airflow === undefined) return;
  if (own.version !== undefined) yield* broken([...PATH, 'version'], own.version, brokenVersion(own.version));
  yield* sizes(own, file);
  yield* requirements(own, file);
  for (const option of Object.keys(own.configuration ?? {})) {
    if (!/^\w+\.\w+$/.test(option)) {
      const message = `must be a section, a dot and an option such as core.parallelism, got '${option}'; write '<section>.' before it`;
      yield error([...PATH, 'configuration', option], message, 'key');
    }
    for (const { must, fix } of brokenOption(option)) {
      yield error([...PATH, 'configuration', option], `${must}, got '${option}'; ${fix}`, 'key');
    }
  }
  yield* webAccess(own);
}

/** The class has a default by size, so that the number of DAGs is judged also if no class is named. */
function* sizes(own: DraftAirflow, { size }: Draft): Iterable<FileError> {
  const isKnown = !('class' in own) || own.class !== undefined;
  const airflowClass = own.class ?? CLASSES.of(size ?? 'small');
  if (!isKnown) return;
  if (own.dags !== undefined) yield* broken([...PATH, 'dags'], own.dags, brokenDagCount(airflowClass, own.dags));
  if (airflowClass === 'micro' && (own.maxWorkers ?? 1) > 1) {
    const message = `must be 1 in class micro, which does not scale, got the number ${own.maxWorkers}; remove it, or use class small`;
    yield error([...PATH, 'maxWorkers'], message);
  }
}

function* requirements(own: DraftAirflow, file: Draft): Iterable<FileError> {
  const lines = own.requirements ?? [];
  for (const [index, line] of lines.entries()) {
    if (line === undefined) continue;
    const before = lines.slice(0, index).filter((one): one is string => one !== undefined);
    yield* broken([...PATH, 'requirements', index], line, brokenRequirement(line, before.length, [...before, line]));
  }
  if (lines.length > 0 && isOffline(file) && !('plugins' in own)) {
    const message =
      'needs plugins with network.nat none: without internet access the packages come from wheels in plugins.zip; upload it, and add plugins with its version id';
    yield error([...PATH, 'requirements'], message, 'key');
  }
}

/** Whether the network of a file has no internet access, as far as its valid parts say. */
function isOffline({ network }: Draft): boolean {
  return network !== undefined && !('vpcId' in network) && network.nat === 'none'; // no size has it as its default
}

function* webAccess({ webAccess: blocks = [] }: DraftAirflow): Iterable<FileError> {
  for (const [index, block] of blocks.entries()) {
    if (block === undefined) continue;
    const place = [...PATH, 'webAccess', index];
    if (Ipv4Block.parse(block) === undefined) {
      yield error(place, `must be an IPv4 block without host bits, got '${block}'; write for example 10.20.0.0/16`);
    } else if (Number(block.split('/')[1]) < SHORTEST_PREFIX) {
      const message = `must be a block of at most a /${SHORTEST_PREFIX}, got '${block}'; name the blocks of the people, such as that of a VPN`;
      yield error(place, message);
    } else if (blocks.indexOf(block) < index) {
      yield error(place, `must be listed once, got '${block}' again; remove one`);
    }
  }
}
