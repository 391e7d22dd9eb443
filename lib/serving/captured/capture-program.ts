import { join } from 'node:path';
import { type ProgramFiles, programIn } from '../../training/evaluation/program-files';

/** The module `captured` of Python, which reads what endpoints capture; a program that is shipped with it imports it. */
export function captureModule(): ProgramFiles {
  return programIn('captured', join(__dirname, 'program'));
}
