import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Waiver, waiversOf } from '../../lib/core/waivers';
import { testApp } from '../../lib/testing';
import { BootstrapStack, ENVIRONMENT_VARIABLE, loadEnvironment, Platform } from '../../stacks';
import { describeWith } from '../support/machine';
import { checkov, type Finding, type Scanner, trivy } from '../support/scanners';

const ENVIRONMENTS = ['dev', 'staging', 'prod'];

function waiversIn(name: string): Waiver[] {
  const app = testApp();
  const environment = loadEnvironment(`environments/${name}.yaml`);
  BootstrapStack.forEach(app, [environment]);
  new Platform(app, environment);
  return waiversOf(app);
}

/** HCL, because both scanners misread the JSON of Terraform. */
function hclOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `hcl-${name}-`));
  const env = { ...process.env, SYNTH_HCL_OUTPUT: 'true', CDKTF_OUTDIR: folder, [ENVIRONMENT_VARIABLE]: name };
  execFileSync('npx', ['tsx', 'stacks/main.ts'], { env });
  return folder;
}

/** Trivy is compiled once per machine, which takes a quarter of an hour on two cores. */
const INSTALL_MILLISECONDS = 40 * 60_000;

const key = ({ check, address }: { check: string; address: string }) => `${check} ${address}`;

const scanners: [name: string, checks: RegExp, install: () => Scanner, needs: ('python' | 'go' | 'registry')[]][] = [
  ['checkov', /^CKV/, checkov, ['python', 'registry']],
  ['trivy', /^AWS-/, trivy, ['go']],
];

for (const [scanner, checks, install, needs] of scanners) {
  describeWith(needs, scanner, () => {
    const needed = new Set<string>();
    let scan: Scanner;
    beforeAll(() => {
      scan = install();
    }, INSTALL_MILLISECONDS);

    test.each(ENVIRONMENTS)('finds nothing in %s that is not waived with a reason', (name) => {
      const folder = hclOf(name);
      const waived = new Set(waiversIn(name).map(key));
      const { passed, findings } = scan(folder);
      rmSync(folder, { recursive: true });
      expect(passed).toBeGreaterThan(100); // a scanner that read nothing finds nothing
      for (const finding of findings) needed.add(key(finding));
      const open = findings.filter((finding: Finding) => !waived.has(key(finding)));
      expect(open.map(({ check, address, title }) => `${check} ${address}: ${title}`)).toEqual([]);
    });

    test('no waiver outlives its finding', () => {
      const waivers = ENVIRONMENTS.flatMap(waiversIn).filter(({ check }) => checks.test(check));
      expect(waivers.map(key).filter((waiver) => !needed.has(waiver))).toEqual([]);
    });
  });
}
