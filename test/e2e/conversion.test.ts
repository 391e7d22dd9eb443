import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeWith } from '../support/machine';
import { spark } from '../support/spark';

describeWith(['python', 'registry'], 'the conversion, on the Spark of its Glue version', () => {
  test('reads every format as the catalog does, and rejects each row that would lose a value', () => {
    const { python, env } = spark();
    const script = join(__dirname, '../data-lake/parquet_conversion_spark.py');
    const { status, stderr } = spawnSync(python, [script], { encoding: 'utf8', env });
    expect(stderr).toMatch(/Ran [1-9]\d* tests/);
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
