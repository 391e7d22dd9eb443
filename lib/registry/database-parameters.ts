import type { DbParameterGroupParameter } from '@cdktf/provider-aws/lib/db-parameter-group';
import type { Properties } from '../core/properties';
import { isStaticParameter } from './postgresql/static-parameters';

/** Statements that take at least this many milliseconds are logged. */
export const SLOW_STATEMENT_MILLISECONDS = 1000;

/** Parameters that a database has by default: they log connections, DDL and slow statements. */
export const DEFAULT_PARAMETERS: Readonly<Record<string, string>> = {
  log_connections: '1',
  log_disconnections: '1',
  log_min_duration_statement: String(SLOW_STATEMENT_MILLISECONDS),
  log_statement: 'ddl',
};

/** Refuses connections without TLS. Default since PostgreSQL 15 (Aurora: 17); set so that nothing turns it off. */
const FORCE_TLS = 'rds.force_ssl';

/** Parameters of PostgreSQL; every value is text. */
export interface DatabaseParameters {
  /**
   * Dynamic parameters, which apply without a restart; they override {@link DEFAULT_PARAMETERS}. RDS refuses static
   * parameters here. Leave out a parameter that equals its default: RDS reports it as different in every plan.
   * @default - none
   */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Static parameters, such as `max_connections`; they apply at the next restart. @default - none */
  readonly parametersAtRestart?: Readonly<Record<string, string>>;
}

/** Checks that TLS stays forced, that each parameter is set once, and that static ones wait for a restart. */
export function validateParameters(properties: Properties, props: DatabaseParameters, majorVersion: string): void {
  const { parameters = {}, parametersAtRestart = {} } = props;
  properties.known(props, 'parameters', 'parametersAtRestart');
  const twice = Object.keys(parameters).filter((name) => name in parametersAtRestart);
  const atRestart = Object.keys(parameters).filter((name) => isStaticParameter(name, majorVersion));
  properties
    .require(
      atRestart.length === 0,
      `'parameters' must not have static parameters, which apply at a restart only, got ${atRestart.join(', ')}; move them to 'parametersAtRestart'`,
    )
    .require(
      !(FORCE_TLS in parameters || FORCE_TLS in parametersAtRestart),
      `'${FORCE_TLS}' cannot be set: every connection must use TLS; remove it`,
    )
    .require(
      twice.length === 0,
      `'parameters' and 'parametersAtRestart' must not share a name, got ${twice.join(', ')}; remove it from one of them`,
    );
}

/**
 * Every parameter with its apply method. {@link FORCE_TLS} equals the default of PostgreSQL, and RDS reports such a
 * parameter as `pending-reboot`; another value would show as a difference in every plan.
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
