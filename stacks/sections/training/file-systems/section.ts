import type * as z from 'zod';
import { DIRECTORY_BUCKET, EFS } from '../../../../lib/training/data/file-system-limits';
import { written } from '../../../environment/draft';
import type { Section } from '../../../environment/section';
import { part } from '../../../offers';
import { fileSystemRules } from './rules';
import { FileSystemsSchema } from './schema';

export type FileSystemSettings = z.output<typeof FileSystemsSchema>;

/** File systems of training data. */
export const fileSystems: Section<'fileSystems', typeof FileSystemsSchema, FileSystemSettings> = {
  name: 'fileSystems',
  schema: FileSystemsSchema,
  complete: (own) => own,
  rules: fileSystemRules,
  *names(own) {
    for (const [name, { type, zoneId }] of written(own)) {
      const path = ['training', 'fileSystems', name];
      if (type === 'efs') yield { kind: EFS, name, form: 'prefixed', path };
      if (type === 'express' && zoneId !== undefined) {
        yield { kind: DIRECTORY_BUCKET, name: `${name}--${zoneId}--x-s3`, form: 'prefixed', path };
      }
    }
  },
  endpoints: (settings) =>
    [...new Set(Object.values(settings).map(({ type }) => type))].map((type) =>
      type === 'express' ? 's3-express' : type,
    ),
  parts: (settings, environment) =>
    Object.keys(settings).length === 0
      ? []
      : [
          part('services', (stack, available) =>
            (require('./make') as typeof import('./make')).makeFileSystems(stack, settings, environment, available),
          ),
        ],
};
