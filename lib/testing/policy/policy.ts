import type { Attributes } from '../attributes';
import { covers, overlap, show } from '../matching';
import { type Holds, named, possibly, surely } from './conditions';
import type { Read } from './reader';
import { plainConditions, type Statement, statementsIn, unescapedIn } from './statement';

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
  /** Names of what belongs to this policy but cannot be read, e.g. ARNs of managed policies. @default - none */
  readonly unread?: readonly string[];
  /** The permissions boundary: only what it allows too is allowed. @default - none */
  readonly boundary?: Policy | undefined;
}

/**
 * Parsed IAM policies, to assert what they allow. Patterns are compared as sets: `s3:Get*` allows `s3:GetObject*`, but
 * `s3:GetObject` does not.
 *
 * Conditions are compared, not evaluated. For an access without conditions, an Allow with conditions counts, and a Deny
 * with conditions does not: it denies nothing for certain. Of an access with conditions, a part is allowed unless the
 * conditions of the Allow exclude it.
 *
 * What cannot be read, such as a managed policy of AWS, may allow or deny anything: it fails every assertion that it could
 * make false, by its name, until {@link knowing} says what it contains.
 */
export class Policy {
  /** @throws Error with the name of the policy, if a text is not a policy */
  public static parse(texts: string | readonly string[], options: PolicyOptions = {}): Policy {
    const { name = 'the policy', unread = [] } = options;
    const statements = [texts].flat().flatMap((text) => {
      const found = statementsIn(text);
      if (!found) throw new Error(`${name} must be a policy in JSON, got: ${text.slice(0, 200)}`);
      return found;
    });
    return new Policy({ statements, unread }, options);
  }

  /** A policy from what was read of it. */
  public static of(read: Read, options: PolicyOptions = {}): Policy {
    return new Policy(read, options);
  }

  public readonly name: string;
  public readonly statements: readonly Statement[];
  /** Names of what belongs to this policy but cannot be read, such as the ARNs of AWS managed policies. */
  public readonly unread: readonly string[];
  /** The permissions boundary; `undefined` if there is none. */
  public readonly boundary: Policy | undefined;

  private constructor(
    { statements, unread }: Read,
    private readonly options: PolicyOptions,
  ) {
    this.name = options.name ?? 'the policy';
    this.statements = statements;
    this.unread = unread;
    this.boundary = options.boundary;
  }

  /**
   * The same policy with the content of what could not be read, by its name in `unread`.
   *
   * @example policyOf(role).knowing({ 'arn:aws:iam::aws:policy/ReadOnlyAccess': { Statement: [...] } })
   * @throws Error if nothing unread has the name
   */
  public knowing(contents: Readonly<Record<string, string | object>>): Policy {
    const all = [...this.unread, ...(this.boundary?.unread ?? [])];
    for (const name of Object.keys(contents)) {
      if (!all.includes(name))
        throw new Error(`${this.name} has no unread '${name}'; it has ${all.join(', ') || 'none'}`);
    }
    const known = this.unread.filter((name) => Object.hasOwn(contents, name));
    const texts = known.map((name) => contents[name]!);
    const statements = texts.flatMap(
      (text) => Policy.parse(typeof text === 'string' ? text : JSON.stringify(text)).statements,
    );
    const ofBoundary = Object.entries(contents).filter(([name]) => this.boundary?.unread.includes(name));
    const boundary = ofBoundary.length > 0 ? this.boundary?.knowing(Object.fromEntries(ofBoundary)) : this.boundary;
    return new Policy(
      { statements: [...this.statements, ...statements], unread: this.unread.filter((name) => !known.includes(name)) },
      { ...this.options, boundary },
    );
  }

  /** Whether all of the access is allowed, and no part of it is denied. */
  public allows(access: Access): boolean {
    return this.missing(access).length === 0;
  }

  /** Whether any part of the access is allowed, or may be by what cannot be read: `s3:GetObject` is a part of `s3:*`. */
  public allowsAny(access: Access): boolean {
    if (this.boundary && !this.boundary.allowsAny(access)) return false;
    const open = this.requests(access).filter((request) => !this.some('Deny', request, covers, surely));
    return (
      open.length > 0 && (this.unread.length > 0 || open.some((one) => this.some('Allow', one, overlap, possibly)))
    );
  }

  /** Whether all of the access is denied. */
  public denies(access: Access): boolean {
    return this.requests(access).every((request) => this.some('Deny', request, covers, surely));
  }

  /** Whether all of the access is denied, or may be by what cannot be read. */
  public mayDeny(access: Access): boolean {
    return this.denies(access) || this.unread.length > 0 || (this.boundary?.mayDeny(access) ?? false);
  }

  /** The parts of an access that are not allowed, or are or may be denied, one line each; empty if all is allowed. */
  public missing(access: Access): string[] {
    const own = this.requests(access).flatMap((request) => {
      if (!this.some('Allow', request, covers, named)) return [`${showRequest(request)} is not allowed`];
      return this.some('Deny', request, overlap, surely) ? [`${showRequest(request)} is denied`] : [];
    });
    // the Allow of a boundary need not have the conditions of the access
    const { conditions: _, ...unconditional } = access;
    const bounded = this.boundary?.missing(unconditional).map((line) => `${line} (permissions boundary)`) ?? [];
    return [...own, ...bounded, ...this.unread.map((name) => `${name} cannot be read, and may deny it; ${SAY}`)];
  }

  /** What the policy allows besides the accesses, one line each; empty if nothing. */
  public beyond(accesses: readonly Access[]): string[] {
    const expected = accesses.flatMap((access) => this.requests(access));
    const allowed = this.statements.filter(({ effect }) => effect === 'Allow').flatMap(requestsOf);
    const more = allowed
      .filter((request) => !expected.some((one) => contains(one, request)))
      .filter(({ action, resource }) => this.boundary?.allowsAny({ actions: action, resources: resource }) ?? true)
      .map(showRequest);
    return [...more, ...this.unread.map(showUnread)];
  }

  /** One line for each statement. */
  public toString(): string {
    const boundary = this.boundary ? `${this.boundary}`.split('\n').map((line) => `boundary: ${line}`) : [];
    return [...this.statements.map(showStatement), ...this.unread.map(showUnread), ...boundary].join('\n');
  }

  private requests({ actions, resources, principal, conditions }: Access): Request[] {
    const resolve = this.options.resolve ?? ((value: unknown) => value);
    const rest = unescapedIn(resolve({ resources, principal, conditions: plainConditions(conditions) })) as Omit<
      Access,
      'actions'
    >;
    return [actions]
      .flat()
      .flatMap((action) => [rest.resources].flat().map((resource) => ({ ...rest, action, resource })));
  }

  private some(effect: Statement['effect'], request: Request, relation: Relation, holds: Holds): boolean {
    return this.statements.some(
      (statement) =>
        statement.effect === effect &&
        holds(request.conditions, statement.conditions) &&
        applies(statement, request, relation),
    );
  }
}

const SAY = "say what it contains with 'knowing'";

type Relation = typeof covers | typeof overlap;
type Patterns = readonly string[] | undefined;

function applies(statement: Statement, request: Request, relation: Relation): boolean {
  const { effect, actions, notActions, resources, notResources, principals, notPrincipals } = statement;
  const anyOr = (wanted: string | undefined, patterns: Patterns, excluded: Patterns) =>
    wanted === undefined
      ? effect === 'Allow' || within('*', patterns, excluded, covers) // one Allow is enough; a Deny must be on all
      : within(wanted, patterns, excluded, relation);
  return (
    within(request.action.toLowerCase(), lower(actions), lower(notActions), relation) &&
    anyOr(request.resource, resources, notResources) &&
    anyOr(account(request.principal), principals?.map(account), notPrincipals?.map(account))
  );
}

/** A variable of IAM in a policy, which may have any value: `${aws:username}`. */
const VARIABLE = /\$\{\w+:[^}]*\}/g;

/** The root of an account stands for the account: IAM writes one for the other. */
function account<T extends string | undefined>(principal: T): T {
  return principal?.replace(/^arn:[^:]+:iam::([^:]+):root$/, '$1') as T;
}

function lower(actions: Patterns): Patterns {
  return actions?.map((action) => action.toLowerCase());
}

function within(wanted: string, patterns: Patterns, excluded: Patterns, relation: Relation): boolean {
  if (excluded) return !excluded.some((pattern) => (relation === covers ? overlap : covers)(pattern, wanted));
  const open = (pattern: string) => (relation === overlap ? pattern.replace(VARIABLE, '*') : pattern);
  return patterns?.some((pattern) => relation(open(pattern), wanted)) ?? true;
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
    isPart(account(expected.principal), account(request.principal)) &&
    named(expected.conditions, request.conditions)
  );
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
