import type * as z from 'zod';
import type { ExperimentPlan } from '../../../../lib/serving/experiment/experiment-plan';
import { CHALLENGER, CHAMPION } from '../section';
import type { ExperimentSchema } from './schema';

type Settings = z.output<typeof ExperimentSchema>;

/** Shares of the units: those of clients that choose, or those of the weights. */
export function sharesOf(
  share: number | undefined,
  [model, challenger]: readonly [number, number],
): Readonly<Record<string, number>> {
  const [control, treatment] = share === undefined ? [model, challenger] : [100 - share, share];
  return { [CHAMPION]: control, [CHALLENGER]: treatment };
}

/** The plan of an experiment, as its program reads it. */
export function planOf(settings: Settings, weights: readonly [number, number]): ExperimentPlan {
  const { unit, share, hashed = unit !== undefined, outcomes, instance: _, cron: __, ...declared } = settings;
  const { zone: ___, prefix: ____, ...columns } = outcomes;
  return {
    ...declared,
    control: CHAMPION,
    treatment: CHALLENGER,
    shares: sharesOf(share, weights),
    unitAttribute: unit,
    hashed,
    outcomes: columns,
  };
}
