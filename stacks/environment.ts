import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { withDefaults } from './environment/defaults';
import { EnvironmentSchema } from './environment/schema';

export type { ExistingNetwork, NewNetwork } from './environment/network';
export type { EnvironmentInput } from './environment/schema';

/** An environment file with every default filled in. */
export type Environment = ReturnType<typeof withDefaults>;

/** Reads an environment file. */
export function loadEnvironment(file: string): Environment {
  return parseEnvironment(readFileSync(file, 'utf8'));
}

export function parseEnvironment(text: string): Environment {
  return withDefaults(EnvironmentSchema.parse(parse(text)));
}
