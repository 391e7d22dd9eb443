import type { Attributes } from './attributes';
import { covers, differences, overlap, parseJson, show } from './matching';

/** One statement of a policy. Every list is a list, also if the JSON has a single string. */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  /** `undefined` if the statement has `notActions`. */
  readonly actions: readonly string[] | undefined;
  readonly notActions: readonly string[] | undefined;
  /** `undefined` if the statement has `notResources`, or neither, as in a trust policy. */
  readonly resources: readonly string[] | undefined;
  readonly notResources: readonly string[] | undefined;
  /** Services, ARNs, account ids or `*`, of any kind; `undefined` in an identity policy. */
  readonly principals: readonly string[] | undefined;
  readonly notPrincipals: readonly string[] | undefined;
  /** As in the JSON: `{ StringEquals: { 'aws:SourceAccount': '111122223333' } }`. */
  readonly conditions: Attributes | undefined;
}

/** An access to look for in a policy. */
export interface Access {
  /** Such as `s3:GetObject`, or a pattern, which stands for all its matches: `s3:GetObject*`. Case does not matter. */
  readonly actions: string | readonly string[];
  /** ARNs or patterns of ARNs, also with tokens of constructs. @default - any resource */
  readonly resources?: string | readonly string[];
  /** A service, an ARN, an account id or `*`. @default - any principal */
  readonly principal?: string;
  /** Conditions that the statement must contain, as in the JSON. @default - see `Policy` */
  readonly conditions?: Attributes;
}

/** One action on one resource by one principal. */
interface Request {
  readonly action: string;
  readonly resource?: string;
  readonly principal?: string;
  readonly conditions?: Attributes;
}

/** Options of a parsed policy. */
export interface PolicyOptions {
  /** Name of the policy in messages. @default 'the policy' */
  readonly name?: string;
  /** Replaces the tokens in an access. @default - tokens are not replaced */
  readonly resolve?: (value: unknown) => unknown;
  /** ARNs of policies that belong to this one but whose text is not available. @default - none */
  readonly unread?: readonly string[];
}

/**
 * Parsed IAM policies, to assert what they allow. Patterns are compared as sets: `s3:Get*` allows `s3:GetObject*`, but
 * `s3:GetObject` does not.
 *
 * Conditions are compared, not evaluated. For an access without conditions, an Allow with conditions counts, and a Deny
 * with conditions does not: it denies nothing for certain.
 */
export class Policy {
  /** @throws Error with the name of the policy, if a text is not a policy */
  public static parse(texts: string | readonly string[], options: PolicyOptions = {}): Policy {
    const name = options.name ?? 'the policy';
    return new Policy(
      name,
      [texts].flat().flatMap((text) => statementsIn(text, name)),
      options,
    );
  }

  /** ARNs of policies that belong to this one but whose text is not available, such as AWS managed policies. */
  public readonly unread: readonly string[];

  private constructor(
    public readonly name: string,
    public readonly statements: readonly Statement[],
    private readonly options: PolicyOptions,
  ) {
    this.unread = options.unread ?? [];
  }

  /** Whether all of the access is allowed, and no part of it is denied. */
  public allows(access: Access): boolean {
    return this.missing(access).length === 0;
  }

  /** Whether any part of the access is allowed, or may be by an unread policy: `s3:GetObject` is a part of `s3:*`. */
  public allowsAny(access: Access): boolean {
    if (this.unread.length > 0) return true;
    return this.requests(access).some(
      (request) => this.some('Allow', request, overlap) && !this.some('Deny', request, covers),
    );
  }

  /** Whether all of the access is denied. */
  public denies(access: Access): boolean {
    return this.requests(access).every((request) => this.some('Deny', request, covers));
  }

  /** The parts of an access that are not allowed, or are denied, one line each; empty if all is allowed. */
  public missing(access: Access): string[] {
    return this.requests(access).flatMap((request) => {
      if (!this.some('Allow', request, covers)) return [`${showRequest(request)} is not allowed`];
      return this.some('Deny', request, overlap) ? [`${showRequest(request)} is denied`] : [];
    });
  }

  /** What the policy allows besides the accesses, one line each; empty if nothing. */
  public beyond(accesses: readonly Access[]): string[] {
    const expected = accesses.flatMap((access) => this.requests(access));
    const allowed = this.statements.filter(({ effect }) => effect === 'Allow').flatMap(requestsOf);
    const more = allowed.filter((request) => !expected.some((one) => contains(one, request))).map(showRequest);
    return [...more, ...this.unread.map(showUnread)];
  }

  /** One line for each statement. */
  public toString(): string {
    return [...this.statements.map(showStatement), ...this.unread.map(showUnread)].join('\n');
  }

  private requests({ actions, resources, principal, conditions }: Access): Request[] {
    const resolve = this.options.resolve ?? ((value: unknown) => value);
    const rest = resolve({ resources, principal, conditions }) as Omit<Access, 'actions'>;
    return [actions]
      .flat()
      .flatMap((action) => [rest.resources].flat().map((resource) => ({ ...rest, action, resource })));
  }

  private some(effect: Statement['effect'], request: Request, relation: Relation): boolean {
    return this.statements.some((statement) => statement.effect === effect && applies(statement, request, relation));
  }
}

type Relation = typeof covers | typeof overlap;
type Patterns = readonly string[] | undefined;

function applies(statement: Statement, request: Request, relation: Relation): boolean {
  const { effect, actions, notActions, resources, notResources, principals, notPrincipals, conditions } = statement;
  const unconditional = conditions === undefined && effect === 'Deny';
  const conditionsHold = request.conditions
    ? unconditional || differences(request.conditions, conditions ?? {}).length === 0
    : unconditional || effect === 'Allow';
  const anyOr = (wanted: string | undefined, patterns: Patterns, excluded: Patterns) =>
    wanted === undefined
      ? effect === 'Allow' || within('*', patterns, excluded, covers) // one Allow is enough; a Deny must be on all
      : within(wanted, patterns, excluded, relation);
  return (
    conditionsHold &&
    within(request.action.toLowerCase(), lower(actions), lower(notActions), relation) &&
    anyOr(request.resource, resources, notResources) &&
    anyOr(request.principal, principals, notPrincipals)
  );
}

function lower(actions: Patterns): Patterns {
  return actions?.map((action) => action.toLowerCase());
}

function within(wanted: string, patterns: Patterns, excluded: Patterns, relation: Relation): boolean {
  if (excluded) return !excluded.some((pattern) => (relation === covers ? overlap : covers)(pattern, wanted));
  return patterns?.some((pattern) => relation(pattern, wanted)) ?? true;
}

/** What an Allow statement allows; `notActions`, `notResources` and `notPrincipals` count as everything. */
function requestsOf({
  actions = ['*'],
  resources,
  notResources,
  principals,
  notPrincipals,
  conditions,
}: Statement): Request[] {
  const everywhere = (list: Patterns, excluded: Patterns) => list ?? [excluded ? '*' : undefined];
  return actions.flatMap((action) =>
    everywhere(resources, notResources).flatMap((resource) =>
      everywhere(principals, notPrincipals).map((principal) => ({ action, resource, principal, conditions })),
    ),
  );
}

function contains(expected: Request, request: Request): boolean {
  const isPart = (pattern: string | undefined, wanted: string | undefined) =>
    pattern === undefined || wanted === undefined || covers(pattern, wanted);
  return (
    covers(expected.action.toLowerCase(), request.action.toLowerCase()) &&
    isPart(expected.resource, request.resource) &&
    isPart(expected.principal, request.principal) &&
    (expected.conditions === undefined || differences(expected.conditions, request.conditions ?? {}).length === 0)
  );
}

function statementsIn(text: string, name: string): Statement[] {
  const document = parseJson(text) as Attributes | undefined;
  if (!document?.Statement) throw new Error(`${name} must be a policy in JSON, got: ${text.slice(0, 200)}`);
  return [document.Statement].flat().map((raw: Attributes) => ({
    sid: raw.Sid,
    effect: raw.Effect,
    actions: listOf(raw.Action),
    notActions: listOf(raw.NotAction),
    resources: listOf(raw.Resource),
    notResources: listOf(raw.NotResource),
    principals: principalsIn(raw.Principal),
    notPrincipals: principalsIn(raw.NotPrincipal),
    conditions: raw.Condition,
  }));
}

function listOf(value: unknown): string[] | undefined {
  return value === undefined ? undefined : [value].flat().map(String);
}

function principalsIn(value: unknown): string[] | undefined {
  return typeof value === 'object' && value !== null ? Object.values(value).flat().map(String) : listOf(value);
}

function showRequest({ action, resource, principal }: Request): string {
  return `${action}${resource === undefined ? '' : ` on ${resource}`}${principal === undefined ? '' : ` by ${principal}`}`;
}

function showUnread(arn: string): string {
  return `all of ${arn}, whose text is not available`;
}

function showStatement(statement: Statement): string {
  const { effect, actions, notActions, resources, notResources, principals, notPrincipals, conditions } = statement;
  const part = (word: string, list: Patterns, excluded: Patterns) =>
    list ? `${word}${list.join(', ')}` : excluded ? `${word}all but ${excluded.join(', ')}` : '';
  return [
    effect,
    part(' ', actions, notActions),
    part(' on ', resources, notResources),
    part(' by ', principals, notPrincipals),
    conditions ? ` if ${show(conditions)}` : '',
  ].join('');
}

/** Where a template keeps the policies of a resource. */
export interface PolicySource {
  readonly address: string;
  readonly attributes: Attributes;
  /** Every resource of a type, by address. */
  resources(type: string): Record<string, Attributes>;
}

/**
 * The policy of a resource. For an IAM role, user or group: its inline policies and the managed policies attached to
 * it; otherwise the policy in its attribute.
 *
 * @throws Error if there is none
 */
export function policyOf(
  source: PolicySource,
  attribute: string | undefined,
  resolve: PolicyOptions['resolve'],
): Policy {
  const { address, attributes } = source;
  const identity = /^aws_iam_(role|user|group)\./.exec(address)?.[1];
  if (identity && attribute === undefined) return policyOfIdentity(source, identity, resolve);
  const holders = Object.entries(attributes).filter(
    ([, value]) => typeof value === 'string' && value.includes('"Statement"'),
  );
  const named = attribute ?? (holders.length === 1 ? holders[0]![0] : 'policy');
  if (typeof attributes[named] !== 'string')
    throw new Error(`${address} has no '${named}'; it has ${Object.keys(attributes).join(', ')}`);
  return Policy.parse(attributes[named], { name: `${named} of ${address}`, resolve });
}

function policyOfIdentity(
  { address, attributes, resources }: PolicySource,
  kind: string,
  resolve: PolicyOptions['resolve'],
): Policy {
  const ours = (type: string) =>
    Object.values(resources(type)).filter(
      (policy) => policy[kind] === attributes.name || String(policy[kind]).startsWith(`\${${address}.`),
    );
  const attached = ours(`aws_iam_${kind}_policy_attachment`).map(({ policy_arn }) => String(policy_arn));
  const managed = Object.entries(resources('aws_iam_policy')).map(([of, policy]) => ({ arn: `\${${of}.arn}`, policy }));
  const read = managed.filter(({ arn }) => attached.includes(arn));
  const inline: Attributes[] = [...(attributes.inline_policy ?? []), ...ours(`aws_iam_${kind}_policy`)];
  const texts = [...inline, ...read.map(({ policy }) => policy)].map(({ policy }) => policy);
  const unread = attached.filter((arn) => !read.some((one) => one.arn === arn));
  return Policy.parse(texts, { name: `what ${address} may do`, resolve, unread });
}
