import type { Construct } from 'constructs';
import { Properties } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import type { Evaluation, EvaluationChampion, EvaluationContext, EvaluationJob } from './evaluation';
import { ARGUMENT_LIMITS, EVALUATION_PATHS } from './metric-limits';
import type { ProgramFiles } from './program-files';
import { UploadedProgram } from './uploaded-program';

/** A Python file below a folder. */
export const PYTHON_FILE: TextPattern = {
  pattern: /^[\w-]+(\/[\w-]+)*\.py$/,
  meaning: 'the path of a Python file, such as evaluate.py',
};

/** @throws InputError if the evaluation cannot compute the champion's metric */
export function requireChampion(
  scope: Construct,
  { metrics }: Evaluation,
  champion: EvaluationChampion | undefined,
): void {
  Properties.of(scope)
    .require(
      champion === undefined || metrics.includes(champion.metric),
      `'champion.metric' must be one of ${metrics.join(', ')}, got '${champion?.metric}'`,
    )
    .throwIfInvalid();
}

/** Uploads a program for the role of a job. @throws InputError if its arguments exceed {@link ARGUMENT_LIMITS} */
export function jobOf(
  scope: Construct,
  { workspace: { bucket }, folder, role }: EvaluationContext,
  files: ProgramFiles,
  entryPoint: string,
  job: Pick<EvaluationJob, 'arguments' | 'callsAws'> & Partial<Pick<EvaluationJob, 'environment'>>,
): EvaluationJob {
  const tooLong = job.arguments.filter((argument) => argument.length > ARGUMENT_LIMITS.length);
  Properties.of(scope)
    .require(
      job.arguments.length <= ARGUMENT_LIMITS.count,
      `'arguments' of the evaluation must be at most ${ARGUMENT_LIMITS.count} words, got ${job.arguments.length}; name fewer columns`,
    )
    .require(
      tooLong.length === 0,
      `'arguments' of the evaluation must have at most ${ARGUMENT_LIMITS.length} characters each, got '${tooLong[0]?.slice(0, 40)}…'`,
    )
    .throwIfInvalid();
  const program = UploadedProgram.to(scope, 'Evaluation', { bucket, folder: `${folder}/evaluation`, files, role });
  return {
    codeUri: program.uri,
    entrypoint: ['python3', `${EVALUATION_PATHS.code}/${entryPoint}`],
    environment: {},
    ...job,
  };
}
