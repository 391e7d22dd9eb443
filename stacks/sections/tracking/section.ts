import type * as z from 'zod';
import { BUCKET } from '../../../lib/storage/bucket-limits';
import { TRACKING_SERVER } from '../../../lib/tracking/tracking-limits';
import type { Section } from '../../environment/section';
import { part } from '../../offers';
import { trackingRules } from './rules';
import { TRACKING_NAME, TrackingSchema } from './schema';

/** The settings of the tracking server; `undefined` if the environment has none. */
export type Tracking = z.output<typeof TrackingSchema>;

/** A tracking server, and the bucket of its artifacts. Its part is before those of training, whose jobs record there. */
export const tracking: Section<'tracking', typeof TrackingSchema, Tracking> = {
  name: 'tracking',
  schema: TrackingSchema,
  domain: { name: 'tracking', description: 'Artifacts of experiments' },
  complete: (own) => own,
  rules: trackingRules,
  *names() {
    yield { kind: BUCKET, name: TRACKING_NAME, form: 'located' };
    yield { kind: TRACKING_SERVER, name: TRACKING_NAME, form: 'prefixed' };
  },
  endpoints: (settings) => (settings === undefined ? [] : ['tracking']),
  parts: (settings) =>
    settings === undefined
      ? []
      : [
          part('services', (stack, available) =>
            (require('./make') as typeof import('./make')).makeTracking(stack, settings, available),
          ),
        ],
};
