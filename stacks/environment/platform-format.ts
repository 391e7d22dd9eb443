import { SECTIONS } from '../sections/list';
import type { Environment } from './environment';
import { EnvironmentFormat } from './format';

/** The format of the platform's environment files. */
export const FORMAT = new EnvironmentFormat(SECTIONS);

/**
 * Reads an environment file. Loads no provider.
 *
 * @throws EnvironmentFileError with all errors, each with line and column
 */
export function loadEnvironment(file: string): Environment {
  return FORMAT.load(file);
}

/**
 * Reads the text of an environment file. Loads no provider.
 *
 * @param file file name for error messages; its last part must be the environment's name
 * @throws EnvironmentFileError with all errors, each with line and column
 */
export function parseEnvironment(text: string, file: string): Environment {
  return FORMAT.parse(text, file);
}
