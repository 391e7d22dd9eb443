import { SECTIONS } from '../sections/list';
import type { Environment } from './environment';
import { EnvironmentFormat } from './format';

/** How environment files of the platform are written. */
export const FORMAT = new EnvironmentFormat(SECTIONS);

/**
 * Reads an environment file. Loads no provider.
 *
 * @throws EnvironmentFileError with everything that is wrong, each with line and column
 */
export function loadEnvironment(file: string): Environment {
  return FORMAT.load(file);
}

/**
 * Reads the text of an environment file. Loads no provider.
 *
 * @param file name that stands in errors; its last part must be the environment's name
 * @throws EnvironmentFileError with everything that is wrong, each with line and column
 */
export function parseEnvironment(text: string, file: string): Environment {
  return FORMAT.parse(text, file);
}
