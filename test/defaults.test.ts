import { DEFAULT_CLASSIFICATION } from '../lib/data-lake/lake-limits';
import {
  CONVERSION_LOG_DAYS,
  CONVERSION_RETRIES,
  DEFAULT_CONVERSION_TIMEOUT_MINUTES,
  DEFAULT_MAX_REJECTED_PERCENT,
  MIN_CONVERSION_WORKERS,
} from '../lib/data-lake/parquet-conversion';
import { DEFAULT_FIRST_DAY, DEFAULT_LAST_DAY } from '../lib/data-lake/partition';
import * as queries from '../lib/data-lake/query-workgroup';
import { DEFAULT_PARQUET_COMPRESSION } from '../lib/data-lake/table-format';
import { DEFAULT_NAT, DEFAULT_ZONES } from '../lib/network/network';
import { DEFAULT_FLOW_LOG_RETENTION_DAYS } from '../lib/network/network-limits';
import { DEFAULT_CIDR } from '../lib/network/subnet-plan';
import { DEFAULT_LOG_RETENTION_DAYS } from '../lib/registry/database-logs';
import { DATABASE_DEFAULTS, INSIGHTS_DAYS } from '../lib/registry/database-props';
import { UNTAGGED_IMAGE_DAYS } from '../lib/registry/image-registry';
import { DEFAULT_KEPT_IMAGES, DEFAULT_KEPT_MODEL_DAYS } from '../lib/registry/registry-limits';
import { MIN_TLS_VERSION } from '../lib/storage/bucket-denials';
import { INCOMPLETE_UPLOAD_DAYS } from '../lib/storage/bucket-lifecycle';
import { DEFAULT_NONCURRENT_VERSION_DAYS } from '../lib/storage/bucket-limits';
import { STATE_VERSION_DAYS } from '../stacks/layers/bootstrap-stack';

// elsewhere tests compare with the constants themselves; users have the numbers
test.each<[string, unknown, unknown]>([
  ['requests to S3 use TLS 1.2', MIN_TLS_VERSION, '1.2'],
  ['a replaced object can be brought back for 90 days', DEFAULT_NONCURRENT_VERSION_DAYS, 90],
  ['a replaced model can be brought back for a year', DEFAULT_KEPT_MODEL_DAYS, 365],
  ['a replaced state can be brought back for a year', STATE_VERSION_DAYS, 365],
  ['an upload that never ends is dropped after a week', INCOMPLETE_UPLOAD_DAYS, 7],
  ['data that nobody classified is confidential', DEFAULT_CLASSIFICATION, 'confidential'],
  ['a query may scan 100 GB', queries.DEFAULT_BYTES_SCANNED_CUTOFF, 100e9],
  ['a limit of queries is 10 MB at the least', queries.MIN_BYTES_SCANNED_CUTOFF, 10 * 1024 * 1024],
  ['results of queries are kept for 30 days', queries.QUERY_RESULT_DAYS, 30],
  ['Parquet is compressed by snappy', DEFAULT_PARQUET_COMPRESSION, 'snappy'],
  ['days go back three years', DEFAULT_FIRST_DAY, 'NOW-3YEARS'],
  ['days end tomorrow', DEFAULT_LAST_DAY, 'NOW+1DAY'],
  ['a conversion is tried twice', CONVERSION_RETRIES, 1],
  ['a conversion has two workers', MIN_CONVERSION_WORKERS, 2],
  ['a conversion may take two hours', DEFAULT_CONVERSION_TIMEOUT_MINUTES, 120],
  ['a conversion may reject one row in a hundred', DEFAULT_MAX_REJECTED_PERCENT, 1],
  ['the log of a conversion is kept for a year', CONVERSION_LOG_DAYS, 365],
  ['a network has 65,536 addresses', DEFAULT_CIDR, '10.0.0.0/16'],
  ['a network spans two zones', DEFAULT_ZONES, 2],
  ['a network has one NAT gateway', DEFAULT_NAT, 'single'],
  ['a flow log is kept for a year', DEFAULT_FLOW_LOG_RETENTION_DAYS, 365],
  ['a repository keeps 100 images', DEFAULT_KEPT_IMAGES, 100],
  ['an image without a tag is kept for two weeks', UNTAGGED_IMAGE_DAYS, 14],
  ['the log of a database is kept for a year', DEFAULT_LOG_RETENTION_DAYS, 365],
  ['a database can be put back to every second of two weeks', DATABASE_DEFAULTS.backupRetentionDays, 14],
  ['a database has a standby', DATABASE_DEFAULTS.multiAz, true],
  ['a database runs PostgreSQL 17', DATABASE_DEFAULTS.version, '17'],
  ['statistics of statements are kept for a week, or 15 months', INSIGHTS_DAYS, { standard: 7, advanced: 465 }],
])('unless told otherwise, %s', (_, constant, number) => expect(constant).toEqual(number));
