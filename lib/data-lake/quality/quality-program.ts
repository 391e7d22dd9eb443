import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { S3Object } from '@cdktf/provider-aws/lib/s3-object';
import { Construct } from 'constructs';
import { Properties } from '../../core/properties';
import type { DataQualityGate } from './data-quality-gate';
import { QUARANTINE_PREFIX, SPEC_VERSION } from './quality-limits';

/** The program that evaluates a specification; the other files are its modules. */
export const PROGRAM = 'data_quality.py';
const FILES = {
  Main: `program/${PROGRAM}`,
  Expectations: 'program/expectations.py',
  Files: 'program/table_files.py',
  Text: '../conversion/catalog_text.py',
} as const;

export interface QualityProgramProps {
  readonly gate: DataQualityGate;
}

/** The program and the specification of a gate, in its workspace. Made by a `DataQualityGate`. */
export class QualityProgram extends Construct {
  constructor(scope: Construct, id: string, props: QualityProgramProps) {
    super(scope, id);
    Properties.need(this, props, 'gate');
    const { gate } = props;
    for (const [part, file] of Object.entries(FILES)) {
      this.put(part, gate, basename(file), 'text/x-python', readFileSync(join(__dirname, file), 'utf8'));
    }
    this.put('Spec', gate, 'spec.json', 'application/json', specOf(gate));
  }

  private put(id: string, { workspace, folder }: DataQualityGate, file: string, contentType: string, content: string) {
    new S3Object(this, id, {
      bucket: workspace.bucketName,
      key: `${folder}/code/${file}`,
      content,
      contentType,
      kmsKeyId: workspace.encryptionKey?.keyArn,
      overrideProvider: { defaultTags: { tags: {} } }, // S3 allows 10 tags on an object, a stack may have more
    });
  }
}

/** What the program reads. A version that it does not know makes it fail. */
function specOf(gate: DataQualityGate): string {
  const { table, expectations } = gate;
  const { layout } = table.format;
  const spec = {
    version: SPEC_VERSION,
    database: table.zone.databaseName,
    table: table.tableName,
    ruleset: gate.rulesetName,
    data: table.location,
    quarantine: `s3://${table.zone.bucket.bucketName}/${QUARANTINE_PREFIX}/${table.tableName}/`,
    reports: gate.uriOf('reports'),
    format: {
      name: table.format.name,
      header: layout?.tableParameters?.['skip.header.line.count'] === '1',
      separator: layout?.tableParameters?.delimiter ?? null,
      quote: layout?.serdeParameters?.quoteChar ?? null,
    },
    columns: Object.entries(table.columns),
    partitions: Object.entries(table.partitions).map(([column, { type }]) => [column, type]),
    expectations: expectations.map((expectation) => ({ name: expectation.name, ...expectation.spec })),
  };
  return JSON.stringify(spec, undefined, 2);
}
