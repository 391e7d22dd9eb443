import type * as z from 'zod';
import { BUCKET } from '../../../../lib/storage/bucket-limits';
import { brokenLicence, brokenRevision, DEFAULT_LICENCES } from '../../../../lib/training/pretrained/pretrained-limits';
import { type Draft, written } from '../../../environment/draft';
import { broken, error, type FileError } from '../../../environment/errors';
import type { Section } from '../../../environment/section';
import { part } from '../../../offers';
import { PRETRAINED_BUCKET, PretrainedSchema } from './schema';

/** The settings of the mirror; `undefined` if the environment has none. */
export type Pretrained = z.output<typeof PretrainedSchema>;
type DraftPretrained = Draft<NonNullable<z.input<typeof PretrainedSchema>>>;

const PATH = ['training', 'pretrained'];

/** The mirror of pretrained models. */
export const pretrained: Section<'pretrained', typeof PretrainedSchema, Pretrained> = {
  name: 'pretrained',
  schema: PretrainedSchema,
  complete: (own) => own,
  rules: pretrainedRules,
  *names(_, { training }) {
    if (training?.pretrained !== undefined) yield { kind: BUCKET, name: PRETRAINED_BUCKET, form: 'located' };
  },
  parts: (settings) =>
    settings === undefined
      ? []
      : [
          part('services', (stack, available) =>
            (require('./make') as typeof import('./make')).makePretrained(stack, settings, available),
          ),
        ],
};

function* pretrainedRules({ licences = [...DEFAULT_LICENCES], models }: DraftPretrained): Iterable<FileError> {
  const known = licences.filter((licence) => licence !== undefined);
  for (const [name, { source, revision, licence, teams }] of written(models)) {
    const at = [...PATH, 'models', name];
    if (revision !== undefined) yield* broken([...at, 'revision'], revision, brokenRevision(source, revision));
    if (licence !== undefined && known.length === licences.length) {
      yield* broken([...at, 'licence'], licence, brokenLicence(licence, known));
    }
    if (teams?.length === 0) {
      yield error([...at, 'teams'], 'must name at least one team, got none; add one, or remove the key for all teams');
    }
  }
}
