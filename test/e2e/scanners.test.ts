import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsStack } from '../../lib/aws/aws-stack';
import { type Waiver, waiversOf } from '../../lib/core/waivers';
import { DoorReach } from '../../lib/serving/door/door-access';
import { EndpointDoor, type EndpointDoorProps } from '../../lib/serving/door/endpoint-door';
import { ExperimentReport } from '../../lib/serving/experiment/experiment-report';
import { testApp } from '../../lib/testing';
import { BootstrapStack, ENVIRONMENT_VARIABLE, loadEnvironment, Platform } from '../../stacks';
import { BASES } from '../support/bases';
import { describeWith } from '../support/machine';
import { checkov, type Finding, type Scanner, trivy } from '../support/scanners';
import { ACME } from '../support/stack';

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

const WEB_ACL = `arn:aws:wafv2:${ACME.region}:${ACME.account}:regional/webacl/acme/0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f`;

/** What no file has, as HCL, and its waivers. The construct is `It`; what is beside it stands for that of a user. */
const NOT_IN_FILES: Record<string, (stack: AwsStack) => unknown> = {
  'a door to the internet': (stack) =>
    new EndpointDoor(stack, 'It', {
      ...(baseOf('EndpointDoor', stack) as EndpointDoorProps),
      reach: DoorReach.internet(WEB_ACL),
    }),
  'the report of an experiment': (stack) => new ExperimentReport(stack, 'It', baseOf('ExperimentReport', stack)),
};
const baseOf = (name: string, stack: AwsStack) => BASES[`new ${name}`]!(stack) as never;

function hclOfConstruct(make: (stack: AwsStack) => unknown): { folder: string; waivers: Waiver[] } {
  const folder = mkdtempSync(join(tmpdir(), 'hcl-construct-'));
  const app = testApp();
  const stack = new AwsStack(app, 'acme-dev-own', ACME);
  make(stack);
  stack.prepareStack();
  writeFileSync(join(folder, 'main.tf'), stack.toHclTerraform().hcl);
  return { folder, waivers: waiversOf(app) };
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

    test.each(Object.entries(NOT_IN_FILES))('finds nothing in %s that is not waived with a reason', (_, make) => {
      const { folder, waivers } = hclOfConstruct(make);
      const { passed, findings } = scan(folder);
      rmSync(folder, { recursive: true });
      expect(passed).toBeGreaterThan(10);
      const isIts = ({ address }: { address: string }) => /\.It_/.test(address);
      const found = findings.filter(isIts).map(key).sort();
      expect(found).toEqual(
        waivers
          .filter((one) => checks.test(one.check) && isIts(one))
          .map(key)
          .sort(),
      );
    });

    test('no waiver outlives its finding', () => {
      const waivers = ENVIRONMENTS.flatMap(waiversIn).filter(({ check }) => checks.test(check));
      expect(waivers.map(key).filter((waiver) => !needed.has(waiver))).toEqual([]);
    });
  });
}
