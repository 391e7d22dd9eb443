/**
 * Everything that this machine can prove: types, style, unit tests, and the end-to-end tests whose tools are here.
 *
 * `npm test -- --no-skips` fails where a tool is missing; without it, what was skipped is listed with its reason.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Test files that did not even load. */
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly { readonly assertionResults: readonly { status: string; fullName: string }[] }[];
}

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
}

const USAGE = `Usage: npm test [-- --no-skips]

Runs everything that this machine can prove: types and style, unit tests, and the end-to-end tests whose tools are here.

  --no-skips  fail if anything was skipped because a tool is missing

Parts of it: npm run check, test:unit, test:e2e, and of that test:rehearsal, test:deploy, test:package, test:matrix, test:scan.`;

if (process.argv.includes('--help')) {
  console.log(USAGE);
  process.exit();
}

const scratch = mkdtempSync(join(tmpdir(), 'cdktf-mlops-test-'));

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0;
}

function check(script: string): Tally {
  const ok = run('npm', 'run', '--silent', script);
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [] };
}

function jest(script: string): Tally {
  const outputFile = join(scratch, `${script.replace(':', '-')}.json`);
  const ok = run('npm', 'run', '--silent', script, '--', '--json', `--outputFile=${outputFile}`);
  const report: Report = JSON.parse(readFileSync(outputFile, 'utf8'));
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const skipped = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'pending' || status === 'todo');
  return {
    passed: report.numPassedTests,
    failed: ok ? failed : Math.max(failed, 1),
    skipped: skipped.map(({ fullName }) => fullName),
  };
}

const tallies = [check('check'), jest('test:unit'), jest('test:e2e')];
rmSync(scratch, { recursive: true });

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
const skipped = tallies.flatMap((tally) => tally.skipped);
const passed = sum(tallies.map((tally) => tally.passed));
const failed = sum(tallies.map((tally) => tally.failed));
if (skipped.length > 0) console.log(`\nSkipped on this machine:\n${skipped.map((name) => `  - ${name}`).join('\n')}`);
console.log(`\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`);
const strict = process.argv.includes('--no-skips');
process.exitCode = failed > 0 || (strict && skipped.length > 0) ? 1 : 0;
