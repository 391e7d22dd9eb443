import type { TextPattern } from '../../../lib/core/text-pattern';

/** Metadata of an identity provider (OpenSearch API, `SAMLIdp`). */
export const METADATA: TextPattern = {
  pattern: /^\s*(<\?xml[^>]*>\s*)?<([\w-]+:)?EntityDescriptor\s[\s\S]+$/,
  meaning: 'an XML document that begins with EntityDescriptor',
};
const ENTITY = /\sentityID\s*=\s*["']([^"']*)["']/;

/** The entity id that metadata has. */
export function entityIn(metadata: string): string | undefined {
  return ENTITY.exec(metadata)?.[1];
}
