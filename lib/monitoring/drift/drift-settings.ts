import { join } from 'node:path';
import type { Properties } from '../../core/properties';
import { captureModule } from '../../serving/captured/capture-program';
import { type ProgramFiles, programIn } from '../../training/evaluation/program-files';
import {
  COLUMN_NAME,
  DEFAULT_DELAY_MINUTES,
  DEFAULT_DRIFT_LEVEL,
  DEFAULT_FEATURE_METRICS,
  DEFAULT_MAX_ROWS,
  DEFAULT_MIN_ROWS,
  DEFAULT_THRESHOLDS,
  DEFAULT_WINDOW_HOURS,
  DRIFT_NAMESPACE,
  MAX_DRIFT_NAMES,
  MAX_UNREADABLE,
} from './drift-limits';
import type { DriftColumns, DriftMonitorProps } from './drift-props';

/** File of the shipped program that is run. */
export const DRIFT_PROGRAM = 'drift.py';
/** File beside the program with what was declared. */
export const DRIFT_SETTINGS = 'settings.json';

/** The shipped program, without settings. */
export function driftProgram(): ProgramFiles {
  return { ...captureModule(), ...programIn('drift', join(__dirname, 'program')) };
}

/** The columns as the program reads them. */
export function columnSettings({ features, predictions, ignored, categories }: DriftColumns): object {
  return { features, predictions, ignored, categories };
}

/** What the program reads. An unknown key makes it fail. */
export function driftSettings(props: DriftMonitorProps): string {
  const { psi, missing, newCategories } = { ...DEFAULT_THRESHOLDS, ...props.thresholds };
  const settings = {
    ...columnSettings(props),
    variants: props.captured.variants,
    windowHours: props.windowHours ?? DEFAULT_WINDOW_HOURS,
    delayMinutes: props.delayMinutes ?? DEFAULT_DELAY_MINUTES,
    level: props.level ?? DEFAULT_DRIFT_LEVEL,
    minRows: props.minRows ?? DEFAULT_MIN_ROWS,
    maxRows: props.maxRows ?? DEFAULT_MAX_ROWS,
    psi,
    missing,
    newCategories,
    maxUnreadable: MAX_UNREADABLE,
    namespace: DRIFT_NAMESPACE,
    featureMetrics: props.featureMetrics ?? DEFAULT_FEATURE_METRICS,
    baselineFormat: props.baseline.format,
  };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

/** Checks the names of columns: each once, and none that is a feature and none at the same time. */
export function checkColumns(properties: Properties, columns: DriftColumns): void {
  const { features, predictions, ignored = [], categories = [] } = columns;
  const lists: [string, readonly string[]][] = [
    ['features', features ?? []],
    ['predictions', predictions ?? []],
    ['ignored', ignored],
    ['categories', categories],
  ];
  for (const [list, names] of lists) {
    const twice = names.filter((name, index) => names.indexOf(name) !== index);
    for (const name of names) properties.matches(list, name, COLUMN_NAME);
    properties.require(twice.length === 0, `'${list}' must not have a name twice, got ${twice.join(', ')}`);
  }
  const count = lists.reduce((sum, [, names]) => sum + names.length, 0);
  const both = ignored.filter((name) => categories.includes(name) || predictions?.includes(name));
  properties
    .require(features?.length !== 0, "'features' must have at least one name, got none; remove it")
    .require(predictions?.length !== 0, "'predictions' must have at least one name, got none; remove it")
    .require(count <= MAX_DRIFT_NAMES, `the columns must be at most ${MAX_DRIFT_NAMES} names, got ${count}`)
    .require(
      both.length === 0,
      `'ignored' must not have what 'categories' or 'predictions' have, got ${both.join(', ')}; remove it from one of them`,
    );
}
