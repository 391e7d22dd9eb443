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

// other tests compare with the constants; this one fixes the documented values
test.each<[string, unknown, unknown]>([
  ['requests to S3 require TLS 1.2', MIN_TLS_VERSION, '1.2'],
  ['a replaced object can be restored for 90 days', DEFAULT_NONCURRENT_VERSION_DAYS, 90],
  ['a replaced model can be restored for a year', DEFAULT_KEPT_MODEL_DAYS, 365],
  ['a replaced state can be restored for a year', STATE_VERSION_DAYS, 365],
  ['an incomplete upload is deleted after a week', INCOMPLETE_UPLOAD_DAYS, 7],
  ['unclassified data is confidential', DEFAULT_CLASSIFICATION, 'confidential'],
  ['a query may scan 100 GB', queries.DEFAULT_BYTES_SCANNED_CUTOFF, 100e9],
  ['the lowest query limit is 10 MB', queries.MIN_BYTES_SCANNED_CUTOFF, 10 * 1024 * 1024],
  ['query results are kept for 30 days', queries.QUERY_RESULT_DAYS, 30],
  ['Parquet is compressed with snappy', DEFAULT_PARQUET_COMPRESSION, 'snappy'],
  ['date partitions start three years ago', DEFAULT_FIRST_DAY, 'NOW-3YEARS'],
  ['date partitions end tomorrow', DEFAULT_LAST_DAY, 'NOW+1DAY'],
  ['a conversion has one retry', CONVERSION_RETRIES, 1],
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
  ['a database can be restored to any second of two weeks', DATABASE_DEFAULTS.backupRetentionDays, 14],
  ['a database has a standby', DATABASE_DEFAULTS.multiAz, true],
  ['a database runs PostgreSQL 17', DATABASE_DEFAULTS.version, '17'],
  ['statement statistics are kept for a week, or 15 months', INSIGHTS_DAYS, { standard: 7, advanced: 465 }],
])('by default, %s', (_, constant, number) => expect(constant).toEqual(number));
