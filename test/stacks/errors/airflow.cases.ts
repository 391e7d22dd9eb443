import { parseEnvironment } from '../../../stacks/environment';
import { changed, errorOf, GOOD } from '../environment-text';

const OFFERED = 'must be a version that MWAA offered on 2026-11-27: 2.7.2, 2.8.1, 2.9.2, 2.10.1, 2.10.3, 2.11.0, 3.0.6';
const PREFIX = 'scheduler.airflow';

/** Title, what is written under `scheduler.airflow`, and the errors without their lines. */
const BAD: readonly (readonly [string, string, ...string[]])[] = [
  ['a version that is not offered yet', '{ version: 3.1.0 }', `.version: ${OFFERED}, got '3.1.0'; use 3.0.6`],
  [
    'a version that has ended',
    '{ version: 2.6.3 }',
    `.version: ${OFFERED} (MWAA ended 2.6.3 on 2025-12-30), got '2.6.3'; use 2.11.0`,
  ],
  [
    'a version that YAML reads as a number',
    '{ version: 2.10 }',
    '.version: must be a version such as 3.0.6, got the number 2.10; correct it, or remove it',
  ],
  [
    'a class of MWAA with its own prefix',
    '{ class: mw1.small }',
    ".class: must be one of micro, small, medium, large, xlarge, 2xlarge, got 'mw1.small'; choose one of them",
  ],
  [
    'micro with too many DAGs',
    '{ class: micro, dags: 26 }',
    '.dags: must be at most 25 in class micro, got 26; use class small',
  ],
  [
    'too many DAGs for the class that the size of the environment has',
    '{ dags: 60 }',
    '.dags: must be at most 25 in class micro, got 60; use class medium',
  ],
  [
    'more workers than micro has',
    '{ class: micro, maxWorkers: 3 }',
    '.maxWorkers: must be 1 in class micro, which does not scale, got the number 3; remove it, or use class small',
  ],
  [
    'a requirement without its version',
    '{ requirements: [pandas] }',
    ".requirements[0]: must be a package in one version such as apache-airflow-providers-cncf-kubernetes==10.7.0, got 'pandas'; correct it, or remove it",
  ],
  [
    'a requirement of Airflow itself',
    '{ requirements: ["apache-airflow==3.0.6"] }',
    ".requirements[0]: must not be Airflow itself, whose version is that of the environment, got 'apache-airflow==3.0.6'; remove it",
  ],
  [
    'a package twice, however it is spelled',
    '{ requirements: [Acme_Tools==1.0, acme-tools==1.1] }',
    ".requirements[1]: must be the only version of acme-tools, got 'acme-tools==1.1'; remove one",
  ],
  [
    'an option without its section',
    '{ configuration: { parallelism: "64" } }',
    ".configuration.parallelism: must be a section, a dot and an option such as core.parallelism, got 'parallelism'; write '<section>.' before it",
  ],
  [
    'an option that Terraform would evaluate',
    '{ configuration: { core.parallelism: "${1}" } }',
    '.configuration."core.parallelism": must be a text of ASCII, in quotes if it could be a number, without ${ or %{, got \'${1}\'; correct it, or remove it',
  ],
  [
    'an option that MWAA sets itself',
    '{ configuration: { core.executor: LocalExecutor } }',
    `.configuration."core.executor": must not be an option that MWAA sets itself, got 'core.executor'; remove it`,
  ],
  [
    'an option that the platform sets itself',
    '{ configuration: { secrets.backend: mine } }',
    `.configuration."secrets.backend": must not be an option that the platform sets itself, got 'secrets.backend'; remove it`,
  ],
  [
    'the web server for everyone',
    '{ webAccess: [0.0.0.0/0] }',
    ".webAccess[0]: must be a block of at most a /8, got '0.0.0.0/0'; name the blocks of the people, such as that of a VPN",
  ],
  [
    'a block with host bits',
    '{ webAccess: [10.20.0.1/16] }',
    ".webAccess[0]: must be an IPv4 block without host bits, got '10.20.0.1/16'; write for example 10.20.0.0/16",
  ],
  [
    'a block twice',
    '{ webAccess: [10.20.0.0/16, 10.20.0.0/16] }',
    ".webAccess[1]: must be listed once, got '10.20.0.0/16' again; remove one",
  ],
  [
    'a window between the half hours',
    '{ maintenanceWindow: SUN:03:15 }',
    ".maintenanceWindow: must be a day and a half hour in UTC such as SUN:03:00 or TUE:21:30, got 'SUN:03:15'; correct it, or remove it",
  ],
  [
    'a prefix of secrets that ends in a slash',
    '{ secretsPrefix: acme/ }',
    ".secretsPrefix: must be words of letters, digits and _+=.@- with slashes between them, such as acme/airflow, got 'acme/'; write acme",
  ],
  [
    'the name of plugins.zip in the place of its version',
    '{ plugins: plugins.zip }',
    ".plugins: must be the version id of an object of S3, as `aws s3api head-object` prints it, not its name, got 'plugins.zip'; correct it, or remove it",
  ],
];

const errorsOf = (text: string) =>
  errorOf(() => parseEnvironment(text, 'dev.yaml'))
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^dev\.yaml:\d+:\d+ /, ''));

test.each(BAD)('scheduler.airflow refuses %s', (_, text, ...errors) => {
  expect(errorsOf(`${GOOD}scheduler: { airflow: ${text} }\n`)).toEqual(errors.map((error) => `${PREFIX}${error}`));
});

test('scheduler.airflow refuses packages from an index without internet access, at their line', () => {
  const text = `${changed({ 'cidr: 10.20.0.0/16': 'cidr: 10.20.0.0/16\n  nat: none' })}scheduler:\n  airflow:\n    requirements: [acme-tools==1.4.0]\n`;
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml'))).toBe(
    'dev.yaml: 1 error\ndev.yaml:23:5 scheduler.airflow.requirements: needs plugins with network.nat none: without internet access the packages come from wheels in plugins.zip; upload it, and add plugins with its version id',
  );
});

test('scheduler.airflow names the endpoints that it calls and the network does not have', () => {
  const network =
    'cidr: 10.20.0.0/16\n  nat: none\n  endpoints: [sts, logs, kms, monitoring, secretsmanager, ecr.api, ecr.dkr]';
  const [error] = errorsOf(`${changed({ 'cidr: 10.20.0.0/16': network })}scheduler: { airflow: {} }\n`);
  expect(error).toContain(
    'must include airflow.api, airflow.env, sqs if nat is none, because scheduler (Managed Airflow (MWAA)) calls them',
  );
});

test('scheduler.airflow refuses a name that is too long with the prefix of the environment', () => {
  const text = `${changed({ 'project: acme': `project: ${'a'.repeat(70)}` })}scheduler: { airflow: {} }\n`;
  expect(errorOf(() => parseEnvironment(text, 'dev.yaml'))).toMatch(/MWAA environment|project/);
});
