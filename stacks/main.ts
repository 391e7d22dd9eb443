import { writeFileSync } from 'node:fs';
import { App } from 'cdktf';
import { InputError } from '../lib/core/input-error';
import { setCurrentDay } from '../lib/training/framework/day';
import {
  type AnySection,
  type Environment,
  EnvironmentFormat,
  environmentFile,
  environmentFiles,
  loadEnvironments,
} from './environment';
import { DAY_VARIABLE, ENVIRONMENTS } from './environment/files';
import { BootstrapStack } from './layers/bootstrap-stack';
import { Platform } from './platform';
import { readRecord, recordFileOf, recordText } from './record/record';
import { Records, renewed } from './record/records';
import { SECTIONS } from './sections/list';

export { DAY_VARIABLE, ENVIRONMENTS };
/** Selects the environment to synthesize: `dev` for `environments/dev.yaml`, or the path of a file. */
export const ENVIRONMENT_VARIABLE = 'CDKTF_MLOPS_ENVIRONMENT';

/** Makes `main` write the renewed records into this JSON file, by their paths, instead of any stack. */
export const RECORDS_VARIABLE = 'CDKTF_MLOPS_RECORDS';

/** Creates the stacks of one environment. */
export type Compose = (app: App, environment: Environment) => void;

/**
 * The program that `cdktf.json` runs: reads the environment files, creates the stacks of each, synthesizes.
 *
 * Reads `environments/*.yaml`, or the file that `CDKTF_MLOPS_ENVIRONMENT` selects. If the input is invalid, all errors
 * are printed to stderr, the exit code is 2, and nothing is written. So is a configuration that would lose what the
 * record beside a file keeps.
 *
 * @example main((app, environment) => {
 *   const platform = new Platform(app, environment);
 *   new ChurnStack(app, platform);
 * });
 *
 * @param sections what files may say, if it is more than the platform's own: give `new Platform` the same
 */
export function main(compose?: Compose, sections: readonly AnySection[] = SECTIONS): void {
  try {
    const day = process.env[DAY_VARIABLE];
    if (day) setCurrentDay(day);
    const format = new EnvironmentFormat(sections);
    const files = selectedFiles(process.env[ENVIRONMENT_VARIABLE]);
    const environments = loadEnvironments(files, format) as Environment[];
    const recordsFile = process.env[RECORDS_VARIABLE];
    if (recordsFile) {
      writeRecords(recordsFile, files, environments, compose);
      return;
    }
    const records = Records.of(files);
    const app = composed(records, environments, compose);
    records.apply(app);
    app.synth();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}

function composed(
  records: Records,
  environments: readonly Environment[],
  compose: Compose = (app, environment) => void new Platform(app, environment),
  outdir?: string,
): App {
  const app = new App({ context: records.context, outdir });
  BootstrapStack.forEach(app, environments);
  for (const environment of environments) compose(app, environment);
  validate(app);
  return app;
}

function writeRecords(
  output: string,
  files: readonly string[],
  environments: readonly Environment[],
  compose?: Compose,
): void {
  const texts = environments.map((environment, index) => {
    const file = files[index]!;
    return [recordFileOf(file), renewedRecord(file, environment, compose)];
  });
  writeFileSync(output, JSON.stringify(Object.fromEntries(texts)));
}

/**
 * The text of the record beside an environment file, as its app is now. The environment has an app of its own: its
 * record does not depend on others.
 *
 * @param outdir folder that the app may make
 * @throws InputError if what the present record keeps would be lost
 */
export function renewedRecord(file: string, environment: Environment, compose?: Compose, outdir?: string): string {
  const recordFile = recordFileOf(file);
  const app = composed(Records.of([file]), [environment], compose, outdir);
  return recordText(renewed(recordFile, readRecord(recordFile), app));
}

function selectedFiles(environment: string | undefined): string[] {
  if (environment) return [environmentFile(environment)];
  const files = environmentFiles();
  if (files.length > 0) return files;
  throw new InputError(
    `${ENVIRONMENTS}/: must have an environment file, got none; create ${ENVIRONMENTS}/dev.yaml, or set ${ENVIRONMENT_VARIABLE} to a file`,
  );
}

/** Validates all constructs before any file is written. cdktf would validate and write one stack after the other. */
function validate(app: App): void {
  const errors = app.node
    .findAll()
    .flatMap((construct) => construct.node.validate().map((error) => `${construct.node.path}: ${error}`));
  if (errors.length > 0) throw new InputError(errors.join('\n'));
}

const USAGE = `Usage: npm run synth

Synthesizes ${ENVIRONMENTS}/*.yaml into Terraform stacks below cdktf.out/stacks.

  ${ENVIRONMENT_VARIABLE}=<name or file>  only this environment
  ${DAY_VARIABLE}=<YYYY-MM-DD>             judge the support of images on this day instead of today
  CDKTF_OUTDIR=<folder>                    output folder instead of cdktf.out
  SYNTH_HCL_OUTPUT=true                    write HCL instead of JSON

Exit code: 0 if written; 2 if an environment file is invalid or would lose what its record keeps: all errors are printed, nothing is written.`;

if (require.main === module) {
  if (process.argv.includes('--help')) console.log(USAGE);
  else main();
}
