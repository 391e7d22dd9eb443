import { Partition } from '../lib/data-lake/partition';
import { TableFormat } from '../lib/data-lake/table-format';
import { UpstreamRegistry } from '../lib/registry/upstream-registry';
import type { Environment } from './environment';

type TableWords = Environment['lake']['tables'][string];
type CacheWords = Environment['registry']['pullThroughCache'];

/** The format that a table's words describe. */
export function formatOf({ format, header, separator, quote }: TableWords): TableFormat {
  if (format === 'csv') return TableFormat.csv({ header, separator, quote });
  if (format === 'tsv') return TableFormat.tsv({ header });
  return TableFormat[format]();
}

/** How the values of a partition are enumerated. */
export function partitionOf(words: NonNullable<TableWords['partitions']>[string]): Partition {
  if (words.type === 'int') return Partition.integer(words);
  if (words.type === 'date') return Partition.date('from' in words ? { from: words.from } : {});
  return 'values' in words && words.values ? Partition.enum(words.values) : Partition.injected();
}

/** The registries that an environment caches, by the key of the file. */
export function upstreamsOf(words: CacheWords): Record<string, UpstreamRegistry> {
  const { ecrPublic, kubernetes, quay, dockerHub, github, gitlab } = words;
  return {
    ...(ecrPublic && { ecrPublic: UpstreamRegistry.publicEcr() }),
    ...(kubernetes && { kubernetes: UpstreamRegistry.kubernetes() }),
    ...(quay && { quay: UpstreamRegistry.quay() }),
    ...(dockerHub && { dockerHub: UpstreamRegistry.dockerHub(dockerHub.secretArn) }),
    ...(github && { github: UpstreamRegistry.github(github.secretArn) }),
    ...(gitlab && { gitlab: UpstreamRegistry.gitlab(gitlab.secretArn) }),
  };
}
