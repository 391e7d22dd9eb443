import { Partition } from '../../../lib/data-lake/partition';
import { TableFormat } from '../../../lib/data-lake/table-format';
import type { Lake } from './section';

type TableSettings = Lake['tables'][string];

/** The format of a table. */
export function formatOf({ format, header, separator, quote }: TableSettings): TableFormat {
  if (format === 'csv') return TableFormat.csv({ header, separator, quote });
  if (format === 'tsv') return TableFormat.tsv({ header });
  return TableFormat[format]();
}

/** The partition of a table. */
export function partitionOf(settings: NonNullable<TableSettings['partitions']>[string]): Partition {
  if (settings.type === 'int') return Partition.integer(settings);
  if (settings.type === 'date') return Partition.date('from' in settings ? { from: settings.from } : {});
  return 'values' in settings && settings.values ? Partition.enum(settings.values) : Partition.injected();
}
