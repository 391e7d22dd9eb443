import { parseEnvironment } from '../../../stacks/environment';
import { changed, errorOf } from '../environment-text';

/** The valid file with these keys of `registry` is refused with exactly these lines; the first of the keys is on line 18. */
function refuses(title: string, registry: string, ...lines: string[]): void {
  test(title, () => {
    const header = `dev.yaml: ${lines.length} ${lines.length === 1 ? 'error' : 'errors'}`;
    const text = changed({ 'images: [train]\n': `images: [train]\n  ${registry}\n` });
    const message = errorOf(() => parseEnvironment(text, 'dev.yaml'));
    expect(message.split('\n')).toEqual([header, ...lines.map((line) => `dev.yaml:${line}`)]);
  });
}

const packages = (keys: string) => `packages: { churn: { team: fraud, ${keys} } }`;
const bus = (account: string, region = 'eu-north-1') =>
  `arn:aws:events:${region}:${account}:event-bus/acme-next-approvals`;

refuses(
  'a team that is not there',
  'packages: { churn: { team: growth } }',
  "18:30 registry.packages.churn.team: must be a name under teams, got 'growth'; use one of fraud",
);
refuses(
  'a reader that is this account, and one twice',
  packages('accounts: ["111122223333", "444455556666", "444455556666"]'),
  "18:48 registry.packages.churn.accounts[0]: must be another account, got '111122223333'; remove it: roles of this account are granted access",
  "18:80 registry.packages.churn.accounts[2]: must be listed once, got '444455556666'; remove one",
);
refuses(
  'an account without quotes',
  packages('accounts: [444455556666]'),
  '18:48 registry.packages.churn.accounts[0]: must be an account id of 12 digits in quotes, got the number 444455556666; write "444455556666"',
);
refuses(
  'metadata that must be there anyway, and a key twice',
  packages('metadata: [owner, ticket, ticket]'),
  "18:48 registry.packages.churn.metadata[0]: must be another key, got 'owner'; remove it, every version must have it",
  "18:63 registry.packages.churn.metadata[2]: must be listed once, got 'ticket' again; remove one",
);
refuses(
  'metadata that SageMaker does not accept',
  packages('metadata: ["review, ticket"]'),
  "18:48 registry.packages.churn.metadata[0]: must be 1 to 128 letters, digits, spaces and '_.:/=+-@', got 'review, ticket'; correct it, or remove it",
);
refuses(
  'an approver that is a whole account',
  packages('approvers: ["arn:aws:iam::111122223333:root"]'),
  "18:49 registry.packages.churn.approvers[0]: must be an ARN such as arn:aws:iam::111122223333:role/reviewers, got 'arn:aws:iam::111122223333:root'; correct it, or remove it",
);
refuses(
  'no approver at all',
  packages('approvers: []'),
  '18:48 registry.packages.churn.approvers: must name at least one ARN, got none; add one, or remove the key',
);
refuses(
  'a promotion to an account that may not read the versions',
  packages(`promoteTo: "${bus('444455556666')}"`),
  `18:48 registry.packages.churn.promoteTo: must be in an account that reads the versions, got '${bus('444455556666')}'; add "444455556666" to accounts`,
);
refuses(
  'a promotion to another region, where the ARN of the version means nothing',
  packages(`promoteTo: "${bus('111122223333', 'eu-west-1')}"`),
  `18:48 registry.packages.churn.promoteTo: must be in region eu-north-1, got '${bus('111122223333', 'eu-west-1')}'; use one in that region`,
);
refuses(
  'a name that is too long with its prefix',
  `packages: { ${'c'.repeat(60)}: { team: fraud } }`,
  `18:15 registry.packages.${'c'.repeat(60)}: makes the model package group name 'acme-dev-${'c'.repeat(51)}…' of 69 characters, the limit is 63; shorten it by 6`,
);
refuses(
  'approvals from an account twice, and from none',
  'approvalsFrom: ["444455556666", "444455556666"]',
  "18:35 registry.approvalsFrom[1]: must be listed once, got '444455556666'; remove one",
);
refuses(
  'approvals from nobody',
  'approvalsFrom: []',
  '18:18 registry.approvalsFrom: must name at least one account, got none; add one, or remove the key',
);

test('an environment of the same account needs no list of readers', () => {
  const text = changed({
    'images: [train]\n': `images: [train]\n  ${packages(`promoteTo: "${bus('111122223333')}"`)}\n`,
  });
  expect(parseEnvironment(text, 'dev.yaml').registry.packages.churn?.accounts).toEqual([]);
});
