import type { BrokenRule } from '../../core/properties';

/**
 * Reserved words of SQL in PostgreSQL 14 to 18 (appendix C of its manual), which RDS refuses as names; of those that may
 * name functions or types too.
 */
const RESERVED_WORDS = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation
  column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from
  full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
  localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
  returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
  unique user using variadic verbose when where window with`.split(/\s+/),
);
/** Names of RDS itself: its administrator, and words that its API refuses for PostgreSQL. */
const RDS_NAMES = new Set(['admin', 'rdsadmin', 'rdsrepladmin', 'rdstopmgr', 'rdsproxyadmin', 'rdswriteforwarduser']);
/**
 * Databases of PostgreSQL itself, and key words that it does not reserve but RDS refuses. Its list is not published: these
 * are from errors that users report ("It is a reserved word for this engine").
 */
const DATABASES = new Set(
  ['template0', 'template1'].concat(['catalog', 'comments', 'database', 'db', 'flag', 'identity']),
);

/** The rules that the name of a database breaks. `postgres` passes: it exists, and RDS accepts it as the initial one. */
export function brokenDatabaseNameRules(name: string): readonly BrokenRule[] {
  const word = name.toLowerCase();
  const isTaken = DATABASES.has(word) || RDS_NAMES.has(word) || RESERVED_WORDS.has(word);
  return isTaken ? [reserved('the database', 'registry')] : [];
}

/** The rules that the name of a master user breaks; `rds_superuser` and others of that prefix are roles of RDS. */
export function brokenMasterUsernameRules(name: string): readonly BrokenRule[] {
  const word = name.toLowerCase();
  const isRole = word.startsWith('pg_') || word.startsWith('rds_');
  const isTaken = isRole || word === 'public' || word === 'none' || RDS_NAMES.has(word) || RESERVED_WORDS.has(word);
  return isTaken ? [reserved('the user', 'postgres')] : [];
}

function reserved(what: string, example: string): BrokenRule {
  return {
    must: 'must not be a name that PostgreSQL or RDS reserves',
    fix: `rename ${what}, for example to ${example}`,
  };
}
