import type { Attributes } from '../attributes';
import { type Statement, statementsIn } from './statement';

/** Where a template keeps the policies of a resource. */
export interface PolicySource {
  readonly address: string;
  readonly attributes: Attributes;
  /** Every resource of a type, by address. */
  resources(type: string): Record<string, Attributes>;
}

/** What was read of a policy, and the names of what belongs to it but cannot be read. */
export interface Read {
  readonly statements: readonly Statement[];
  readonly unread: readonly string[];
}

const REFERENCE = /^\$\{((?:data\.)?[\w-]+\.[\w-]+)(?:\[[^\]]*\])?\.(\w+)\}$/;
const MAX_SHOWN = 80;

/** Everything of several reads. */
export function together(reads: readonly Read[]): Read {
  return {
    statements: reads.flatMap(({ statements }) => statements),
    unread: [...new Set(reads.flatMap(({ unread }) => unread))],
  };
}

/** Nothing but the name of what cannot be read. */
export function unreadable(...names: readonly string[]): Read {
  return { statements: [], unread: names };
}

/** Reads policies where a template has them: JSON, references to other resources, policy documents, managed policies. */
export class PolicyReader {
  constructor(private readonly resources: PolicySource['resources']) {}

  /** @param name what it is, in messages */
  public text(value: unknown, name: string): Read {
    if (typeof value !== 'string') return unreadable(name);
    const statements = statementsIn(value);
    if (statements) return { statements, unread: [] };
    const [, address = '', attribute = ''] = REFERENCE.exec(value) ?? [];
    const target = this.find(address);
    if (target && address.startsWith('data.aws_iam_policy_document.') && /^(minified_)?json$/.test(attribute)) {
      return this.document(target, address);
    }
    if (target && typeof target[attribute] === 'string' && target[attribute] !== value) {
      return this.text(target[attribute], `${attribute} of ${address}`);
    }
    return unreadable(`${name} (${value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value})`);
  }

  /** The text of a managed policy of this template; another is unread, under its ARN. */
  public managed(arn: unknown): Read {
    if (typeof arn !== 'string') return unreadable('a managed policy');
    const [, address = '', attribute = ''] = REFERENCE.exec(arn) ?? [];
    const target = this.find(address);
    if (address.startsWith('aws_iam_policy.') && target) return this.text(target.policy, address);
    if (address.startsWith('data.aws_iam_policy.') && target && attribute === 'arn') {
      return typeof target.arn === 'string' ? this.managed(target.arn) : unreadable(`${address} (${target.name})`);
    }
    const named = Object.entries(this.resources('aws_iam_policy')).find(
      ([, { path = '/', name }]) => name !== undefined && arn.endsWith(`:policy${path}${name}`),
    );
    return named ? this.text(named[1].policy, named[0]) : unreadable(arn);
  }

  /** As the provider makes it: own statements replace those of the sources with the same sid, and overrides replace both. */
  private document(block: Attributes, address: string): Read {
    const read = (...attributes: readonly string[]) =>
      attributes.map((attribute) => {
        const value = block[attribute];
        const texts: unknown[] = value === undefined ? [] : [value].flat();
        return together(texts.map((text) => this.text(text, `${attribute} of ${address}`)));
      });
    const sources = together(read('source_policy_documents', 'source_json'));
    const overrides = together(read('override_policy_documents', 'override_json'));
    const own = together(
      [block.statement ?? []]
        .flat()
        .map((statement: Attributes, index) => statementOf(statement, `statement ${index + 1} of ${address}`)),
    );
    const replace = (earlier: readonly Statement[], later: readonly Statement[]) => [
      ...earlier.filter(({ sid }) => !sid || !later.some((other) => other.sid === sid)),
      ...later,
    ];
    const dynamic = block.dynamic === undefined ? [] : [`dynamic statements of ${address}`];
    return {
      statements: replace(replace(sources.statements, own.statements), overrides.statements),
      unread: [...sources.unread, ...own.unread, ...overrides.unread, ...dynamic],
    };
  }

  private find(address: string): Attributes | undefined {
    return address === '' ? undefined : this.resources(address.slice(0, address.lastIndexOf('.')))[address];
  }
}

/** A statement block of `aws_iam_policy_document`. */
function statementOf(block: Attributes, name: string): Read {
  const blocks = (value: unknown): Attributes[] => (value === undefined ? [] : ([value].flat() as Attributes[]));
  const lists = [
    ...['actions', 'not_actions', 'resources', 'not_resources'].map((key) => block[key]),
    ...[...blocks(block.principals), ...blocks(block.not_principals)].map(({ identifiers }) => identifiers),
    ...blocks(block.condition).map(({ values }) => values),
  ];
  const isRead = lists.every((list) => list === undefined || Array.isArray(list)) && !block.dynamic;
  if (!isRead || ![undefined, 'Allow', 'Deny'].includes(block.effect)) return unreadable(name);
  const text = (value: string) => value.replaceAll('&{', '${'); // how the provider writes variables of IAM
  const list = (value: readonly string[] | undefined) => value?.map(text);
  const principals = (value: unknown) =>
    value === undefined ? undefined : blocks(value).flatMap(({ identifiers }) => list(identifiers) ?? []);
  const conditions: Attributes = {};
  for (const { test, variable, values } of blocks(block.condition)) {
    const known = [conditions[test]?.[variable] ?? []].flat();
    const all = [...known, ...(list(values) ?? [])];
    conditions[test] = { ...conditions[test], [variable]: all.length === 1 ? all[0] : all };
  }
  const statement: Statement = {
    sid: block.sid,
    effect: block.effect ?? 'Allow',
    actions: list(block.actions),
    notActions: list(block.not_actions),
    resources: list(block.resources),
    notResources: list(block.not_resources),
    principals: principals(block.principals),
    notPrincipals: principals(block.not_principals),
    conditions: Object.keys(conditions).length > 0 ? conditions : undefined,
  };
  return { statements: [statement], unread: [] };
}
