import type * as z from 'zod';
import { AIRFLOW } from '../../../../lib/scheduler/airflow/airflow-limits';
import type { AirflowClass } from '../../../../lib/scheduler/airflow/class-limits';
import type { Section } from '../../../environment/section';
import { part } from '../../../offers';
import { airflowRules } from './rules';
import { AIRFLOW_NAME, AirflowSchema, CLASSES } from './schema';

type Written = NonNullable<z.output<typeof AirflowSchema>>;
/** The settings of Airflow; `undefined` if the environment has none. */
export type Airflow = (Omit<Written, 'class'> & { readonly class: AirflowClass }) | undefined;

/** Managed Airflow. */
export const airflow: Section<'airflow', typeof AirflowSchema, Airflow> = {
  name: 'airflow',
  schema: AirflowSchema,
  complete: (own, { size }) => own && { ...own, class: own.class ?? CLASSES.of(size) },
  rules: airflowRules,
  *names(_, { scheduler }) {
    if (scheduler?.airflow !== undefined) yield { kind: AIRFLOW, name: AIRFLOW_NAME, form: 'prefixed' };
  },
  endpoints: (settings) => (settings === undefined ? [] : ['airflow']),
  parts: (settings) =>
    settings === undefined
      ? []
      : [
          part('services', (stack, available) =>
            (require('./make') as typeof import('./make')).makeAirflow(stack, settings, available),
          ),
        ],
};
