import { readFileSync } from 'node:fs';
import { Token } from 'cdktf';
import type { Construct } from 'constructs';
import { Properties } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import { CONTRACT_PROGRAM } from '../../registry/contract/serving-contract';
import type { Evaluation, EvaluationContext, EvaluationJob } from './evaluation';
import { jobOf, PYTHON_FILE, requireChampion } from './evaluation-job';
import { ARGUMENT_LIMITS, gateKey, METRIC } from './metric-limits';
import { missingEntry, type ProgramFiles, programIn } from './program-files';

/** What writes a contract, beside the program. */
const CONTRACT: ProgramFiles = { 'serving_contract.py': readFileSync(CONTRACT_PROGRAM, 'utf8') };

/** Name of an environment variable of a processing job. */
const VARIABLE: TextPattern = { pattern: /^[A-Za-z_]\w{0,255}$/, meaning: "letters, digits and '_'" };

export interface ProgramEvaluationProps {
  /** Folder on this machine with the program: texts in UTF-8, at most 50 files and 1 MiB. */
  readonly folder: string;
  /** Python file in the folder that is run. */
  readonly entryPoint: string;
  /**
   * Names of the metrics that it writes to `gate.json`: `auc`, `auc@noise`. One of `TASK_METRICS` means what it means there: a
   * fraction of which more is better, or an error.
   */
  readonly metrics: readonly string[];
  /** At most 100, of at most 256 characters each. @default - none */
  readonly arguments?: readonly string[];
  /** Environment variables, of at most 256 characters each. @default - none */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether it calls AWS itself, e.g. to look a champion up. Network isolation is then off. @default false */
  readonly callsAws?: boolean;
}

/** An evaluation of a user's own: see {@link Evaluation.program}. */
export class ProgramEvaluation implements Evaluation {
  public readonly metrics: readonly string[];
  private readonly files: ProgramFiles;

  constructor(private readonly props: ProgramEvaluationProps) {
    const place = 'Evaluation.program';
    Properties.need(place, props, 'folder', 'entryPoint', 'metrics');
    this.files = programIn(place, props.folder);
    this.metrics = props.metrics;
    this.validate(Properties.of(place));
  }

  public bind(scope: Construct, context: EvaluationContext): EvaluationJob {
    const { arguments: given = [], environment = {}, callsAws = false, entryPoint } = this.props;
    requireChampion(scope, this, context.champion);
    const compared: Record<string, string> = context.champion
      ? { CHAMPION_GROUP: context.champion.packageGroupName, CHAMPION_METRIC: context.champion.metric }
      : {};
    return jobOf(scope, context, { ...CONTRACT, ...this.files }, entryPoint, {
      arguments: given,
      environment: { ...environment, ...compared },
      callsAws: callsAws || context.champion !== undefined,
    });
  }

  private validate(properties: Properties): void {
    const { entryPoint, metrics, environment = {} } = this.props;
    const keys = metrics.map(gateKey);
    const twice = metrics.filter(
      (metric, index) => METRIC.pattern.test(metric) && keys.indexOf(keys[index]!) !== index,
    );
    properties
      .known({ environment }, 'environment')
      .matches('entryPoint', entryPoint, PYTHON_FILE)
      .require(Object.hasOwn(this.files, entryPoint), missingEntry('entryPoint', entryPoint, this.files))
      .require(metrics.length > 0, "'metrics' must have at least one metric, got none")
      .require(twice.length === 0, `'metrics' must have different keys in gate.json, got ${twice.join(', ')} again`);
    for (const [index, metric] of metrics.entries()) properties.matches(`metrics[${index}]`, metric, METRIC);
    for (const [name, value] of Object.entries(environment)) {
      properties
        .matches('environment', name, VARIABLE)
        .require(
          Token.isUnresolved(value) || value.length <= ARGUMENT_LIMITS.length,
          `'environment.${name}' must have at most ${ARGUMENT_LIMITS.length} characters, got ${value.length}`,
        );
    }
    properties.throwIfInvalid();
  }
}
