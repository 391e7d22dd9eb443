import type * as z from 'zod';
import { FEATURE_GROUP } from '../../../lib/features/feature-limits';
import { written } from '../../environment/draft';
import type { DeclaredName, Section } from '../../environment/section';
import { part } from '../../offers';
import { featureRules } from './rules';
import { FeaturesSchema } from './schema';

export type Features = z.output<typeof FeaturesSchema>;

/** Feature groups, and a role for each team that writes or reads them. */
export const features: Section<'features', typeof FeaturesSchema, Features> = {
  name: 'features',
  schema: FeaturesSchema,
  complete: (own) => own,
  rules: featureRules,
  *names({ groups }): Iterable<DeclaredName> {
    for (const [key, { name = key, version = 1 }] of written(groups)) {
      yield { kind: FEATURE_GROUP, name: `${name}-v${version}`, form: 'prefixed', path: ['features', 'groups', key] };
    }
  },
  endpoints: ({ groups }) => (Object.keys(groups).length > 0 ? ['feature-store'] : []),
  parts: (settings) => [
    part('data', (stack, available) =>
      (require('./make') as typeof import('./make')).makeFeatures(stack, settings, available),
    ),
  ],
};
