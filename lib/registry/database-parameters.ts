import type { DbParameterGroupParameter } from '@cdktf/provider-aws/lib/db-parameter-group';
import type { Properties } from '../core/properties';

/** Statements that take at least this many milliseconds are logged. */
export const SLOW_STATEMENT_MILLISECONDS = 1000;

/** What a database logs unless told otherwise: who came and went, every change of structure or rights, slow statements. */
export const DEFAULT_PARAMETERS: Readonly<Record<string, string>> = {
  log_connections: '1',
  log_disconnections: '1',
  log_min_duration_statement: String(SLOW_STATEMENT_MILLISECONDS),
  log_statement: 'ddl',
};

/** Refuses connections without TLS; on by default since PostgreSQL 15, on Aurora since 17; written down all the same so that nobody can turn it off. */
const FORCE_TLS = 'rds.force_ssl';

/** Settings of PostgreSQL itself, each value as text. */
export interface DatabaseParameters {
  /**
   * Dynamic parameters of PostgreSQL, which a running database takes over at once; they win over
   * {@link DEFAULT_PARAMETERS}. RDS refuses static ones here, and reports one that equals its own default as different
   * in every plan: leave that out.
   * @default - none
   */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Static parameters of PostgreSQL, such as `max_connections`; they wait for the next restart. @default - none */
  readonly parametersAtRestart?: Readonly<Record<string, string>>;
}

/** Checks that TLS stays forced and that no parameter is set twice. */
export function validateParameters(properties: Properties, props: DatabaseParameters): void {
  const { parameters = {}, parametersAtRestart = {} } = props;
  const twice = Object.keys(parameters).filter((name) => name in parametersAtRestart);
  properties
    .require(
      !(FORCE_TLS in parameters || FORCE_TLS in parametersAtRestart),
      `'${FORCE_TLS}' cannot be set: every connection must use TLS`,
    )
    .require(
      twice.length === 0,
      `'parameters' and 'parametersAtRestart' must not share a name, got ${twice.join(', ')}`,
    );
}

/**
 * Every parameter with the moment it applies at. What equals PostgreSQL's default is `pending-reboot`, for RDS reports such a
 * parameter so, whatever was asked for, and any other word would show as a difference in every plan.
 */
export function parameterBlocks(props: DatabaseParameters): DbParameterGroupParameter[] {
  const blocks = (parameters: Readonly<Record<string, string>>, applyMethod: 'immediate' | 'pending-reboot') =>
    Object.entries(parameters).map(([name, value]) => ({ name, value, applyMethod }));
  const { parametersAtRestart = {} } = props;
  const dynamic = Object.entries({ ...DEFAULT_PARAMETERS, ...props.parameters }).filter(
    ([name]) => !(name in parametersAtRestart),
  );
  return [
    ...blocks(Object.fromEntries(dynamic), 'immediate'),
    ...blocks({ ...parametersAtRestart, [FORCE_TLS]: '1' }, 'pending-reboot'),
  ];
}
