import { pythonWith } from './python';

/** What the program of data quality needs, and DuckDB, which computes the same in SQL. */
const PACKAGES = ['pyarrow==25.0.0', 'numpy==2.4.6', 'duckdb==1.4.4', 'boto3==1.44.8'];

/** A Python in which the program of data quality runs. */
export function dataQualityPython(): string {
  return pythonWith('data-quality', PACKAGES);
}
