import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Construct } from 'constructs';
import { digitsOf } from '../../core/cdktf/token-values';
import { Properties } from '../../core/properties';
import type { TextPattern } from '../../core/text-pattern';
import type { Evaluation, EvaluationContext, EvaluationJob } from './evaluation';
import { jobOf, PYTHON_FILE, requireChampion } from './evaluation-job';
import {
  DEFAULT_CONFIDENCE,
  DEFAULT_MAX_ROWS,
  DEFAULT_MISSING,
  DEFAULT_NOISE,
  DEFAULT_RESAMPLES,
  EVALUATED_FRAMEWORKS,
  metricNames,
  PERTURBATIONS,
  TASKS,
  type Task,
} from './metric-limits';
import { programIn } from './program-files';

const PROGRAM = join(__dirname, 'program');
const CONTRACT = join(__dirname, '../../registry/contract/serving_contract.py');

/** What a command line takes as one word, and does not take for an option. */
const WORD: TextPattern = {
  pattern: /^[^-\p{Cc}][^\p{Cc}]*$/u,
  meaning: "a text on one line that does not begin with '-'",
};

/** How the test set is changed to see whether a model withstands it. Each change is drawn with the seed. */
export interface Perturbations {
  /**
   * Standard deviations of its column by which each number is moved at random, and the part of texts and flags that become
   * those of another row; more than 0. `false` for no noise.
   * @default 0.1
   */
  readonly noise?: number | false;
  /** Part of the fields that are emptied: more than 0, at most 1. `false` for none. @default 0.1 */
  readonly missing?: number | false;
  /**
   * Gives the columns in another order. A model that knows its columns by name gives the same results; one that counts
   * columns does not, and would be wrong without an error once the order of a table changes.
   * @default true
   */
  readonly shuffled?: boolean;
}

export interface TabularEvaluationProps {
  /** What the model predicts. */
  readonly task: Task;
  /** Column with the truth. */
  readonly target: string;
  /** Format of the test set's files. CSV has a header, unless `columns` are given; it may be compressed with gzip. */
  readonly format: 'parquet' | 'csv';
  /** Columns that the model does not get, such as ids and times. @default - none */
  readonly identifiers?: readonly string[];
  /** Names of the columns of CSV files without a header. @default - the header */
  readonly columns?: readonly string[];
  /** The class that is looked for, of two: as the target writes it. @default - the last one in the order of the model */
  readonly positive?: string;
  /**
   * Classes in the order of the model's outputs, as the target writes them.
   * @default - what the model says (`classes_`), otherwise the labels in the test set in their order
   */
  readonly labels?: readonly string[];
  /**
   * Python file in the artifact with the functions of SageMaker's serving images: `model_fn`, and if it needs them
   * `input_fn`, which gets rows as `text/csv` without a header, and `predict_fn`.
   * @default - `code/inference.py` or `inference.py`, if it is there
   */
  readonly inference?: string;
  /** @default - each with its default strength */
  readonly perturbations?: Perturbations;
  /** Seed of everything random: 0 to 4294967295. The same seed and data give the same report. @default 1 */
  readonly seed?: number;
  /** Level of the confidence intervals: 0.5 to 0.999. @default 0.95 */
  readonly confidence?: number;
  /** Bootstrap samples of each interval: 100 to 10000; 0 for no intervals. @default 1000 */
  readonly resamples?: number;
  /** Most rows of the test set; more end the job. @default 1000000 */
  readonly maxRows?: number;
}

/** The default evaluation: see {@link Evaluation.tabular}. */
export class TabularEvaluation implements Evaluation {
  public readonly metrics: readonly string[];

  constructor(private readonly props: TabularEvaluationProps) {
    this.validate(props);
    const on = PERTURBATIONS.filter((name) => props.perturbations?.[name] !== false);
    this.metrics = metricNames(props.task, on);
  }

  public bind(scope: Construct, context: EvaluationContext): EvaluationJob {
    const { champion, framework, served } = context;
    Properties.of(scope).oneOf('framework', framework.name, EVALUATED_FRAMEWORKS).throwIfInvalid();
    requireChampion(scope, this, champion);
    const compared = champion
      ? ['--champion-group', champion.packageGroupName, '--champion-metric', champion.metric]
      : [];
    const server = served ? ['--served-by', served.program ?? 'image'] : [];
    const files = { ...programIn('evaluation', PROGRAM), 'serving_contract.py': readFileSync(CONTRACT, 'utf8') };
    return jobOf(scope, context, files, 'evaluate.py', {
      arguments: ['--framework', framework.name, ...this.options(), ...server, ...compared],
      callsAws: champion !== undefined,
    });
  }

  private options(): readonly string[] {
    const { props } = this;
    const { noise = DEFAULT_NOISE, missing = DEFAULT_MISSING, shuffled = true } = props.perturbations ?? {};
    const one = (name: string, value: string | number | undefined) =>
      value === undefined ? [] : [name, typeof value === 'number' ? digitsOf(value) : value];
    const some = (name: string, values: readonly string[] = []) => (values.length === 0 ? [] : [name, ...values]);
    return [
      ...one('--task', props.task),
      ...one('--target', props.target),
      ...one('--format', props.format),
      ...some('--identifiers', props.identifiers),
      ...some('--columns', props.columns),
      ...one('--positive', props.positive),
      ...some('--labels', props.labels),
      ...one('--inference', props.inference),
      ...one('--noise', noise === false ? 0 : noise),
      ...one('--missing', missing === false ? 0 : missing),
      ...(shuffled ? ['--shuffled'] : []),
      ...one('--seed', props.seed ?? 1),
      ...one('--confidence', props.confidence ?? DEFAULT_CONFIDENCE),
      ...one('--resamples', props.resamples ?? DEFAULT_RESAMPLES),
      ...one('--max-rows', props.maxRows ?? DEFAULT_MAX_ROWS),
    ];
  }

  private validate(props: TabularEvaluationProps): void {
    const { task, target, identifiers = [], columns, labels, resamples } = props ?? {};
    const { noise, missing } = props?.perturbations ?? {};
    const named = { target, positive: props?.positive, inference: props?.inference };
    const lists = { identifiers, columns: columns ?? [], labels: labels ?? [] };
    const properties = Properties.of('Evaluation.tabular')
      .present(props, 'task', 'target', 'format')
      .known(props, 'identifiers', 'columns', 'labels', 'perturbations')
      .oneOf('task', task, TASKS)
      .oneOf('format', props?.format, ['parquet', 'csv'])
      .matches('inference', props?.inference, PYTHON_FILE)
      .require(!identifiers.includes(target), `'identifiers' must not have the target, got '${target}'; remove it`)
      .require(
        columns === undefined || props?.format === 'csv',
        "'columns' must not be set for parquet, whose files name them; remove it",
      )
      .require(columns?.includes(target) ?? true, `'columns' must have the target '${target}'; add it`)
      .require(
        task !== 'regression' || (props.positive === undefined && labels === undefined),
        "'positive' and 'labels' must not be set for a regression, which has no classes; remove them",
      )
      .require(
        labels === undefined || labels.length >= 2,
        `'labels' must have at least 2 classes, got ${labels?.length}`,
      )
      .require(
        !(props?.positive && labels) || (labels.length === 2 && labels.includes(props.positive)),
        `'positive' must be one of two 'labels', got '${props?.positive}' of ${labels?.join(', ')}`,
      )
      .number('perturbations.noise', noise === false ? undefined : noise, { min: 0.001, max: 10 })
      .number('perturbations.missing', missing === false ? undefined : missing, { min: 0.001, max: 1 })
      .integer('seed', props?.seed, { min: 0, max: 4_294_967_295 })
      .number('confidence', props?.confidence, { min: 0.5, max: 0.999 })
      .integer('resamples', resamples === 0 ? undefined : resamples, { min: 100, max: 10_000 })
      .integer('maxRows', props?.maxRows, { min: 1 });
    for (const [name, value] of Object.entries(named)) properties.matches(name, value, WORD);
    for (const [name, values] of Object.entries(lists)) {
      for (const value of values) properties.matches(name, value, WORD);
      const twice = values.filter((value, index) => values.indexOf(value) !== index);
      properties.require(twice.length === 0, `'${name}' must not have a name twice, got ${twice.join(', ')}`);
    }
    properties.throwIfInvalid();
  }
}
