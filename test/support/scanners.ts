import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../rehearsal/cache';

/** Third-party scanners, pinned: a new version may have new findings, so an upgrade is a decision. */
const CHECKOV = 'checkov==3.3.30';
const TRIVY = 'github.com/aquasecurity/trivy/cmd/trivy@v0.74.0';

export interface Finding {
  readonly check: string;
  /** Terraform address. */
  readonly address: string;
  readonly title: string;
}

export interface Scan {
  readonly findings: readonly Finding[];
  /** Checks that passed; a scan that read nothing has none. */
  readonly passed: number;
}

/** Scans a folder of HCL. What a scanner cannot parse is an error, because it would silently pass. */
export type Scanner = (folder: string) => Scan;

export function checkov(): Scanner {
  const python = join(cache('checkov', CHECKOV.split('==')[1]!), 'bin', 'python');
  if (!existsSync(python)) {
    execFileSync('python3', ['-m', 'venv', join(python, '..', '..')]);
  }
  const program = join(python, '..', 'checkov');
  if (!existsSync(program)) execFileSync(python, ['-m', 'pip', 'install', '--quiet', CHECKOV]);
  return (folder) => {
    const args = ['-d', folder, '--framework', 'terraform', '--skip-download', '--compact', '--quiet', '-o', 'json'];
    const { summary, results } = json(python, [program, ...args]);
    if (summary.parsing_errors > 0)
      throw new Error(`checkov could not parse ${summary.parsing_errors} files of ${folder}`);
    return {
      passed: summary.passed,
      findings: results.failed_checks.map((failed: any) => ({
        check: failed.check_id,
        address: failed.resource,
        title: failed.check_name,
      })),
    };
  };
}

export function trivy(): Scanner {
  const folder = cache('trivy', TRIVY.split('@v')[1]!);
  const program = join(folder, 'trivy');
  if (!existsSync(program)) {
    execFileSync('go', ['install', TRIVY], { env: { ...process.env, GOBIN: folder, GOEXPERIMENT: 'jsonv2' } });
  }
  return (scanned) => {
    const quiet = ['--skip-check-update', '--skip-version-check', '--disable-telemetry', '--quiet'];
    const { Results = [] } = json(program, ['config', ...quiet, '-f', 'json', scanned]);
    return {
      passed: Results.reduce((sum: number, { MisconfSummary }: any) => sum + (MisconfSummary?.Successes ?? 0), 0),
      findings: Results.flatMap(({ Misconfigurations = [] }: any) =>
        Misconfigurations.map(({ ID, Title, CauseMetadata }: any) => ({
          check: ID,
          address: CauseMetadata.Resource,
          title: Title,
        })),
      ),
    };
  };
}

function cache(name: string, version: string): string {
  const folder = join(cacheFolder({ env: process.env, home: homedir() }), 'scanners', `${name}-${version}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function json(program: string, args: string[]): any {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (!stdout.trim()) throw new Error(`${program} ${args.join(' ')} printed nothing: ${stderr}`);
  const report = JSON.parse(stdout);
  return Array.isArray(report) ? report[0] : report;
}
