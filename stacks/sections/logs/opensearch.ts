import * as z from 'zod';
import {
  DEFAULT_REFUSED_DAYS,
  DEFAULT_SEARCH_DAYS,
  DEFAULT_SEARCH_VERSION,
  ENTITY_ID,
  NODE_TYPES,
  NODES,
  type NodeType,
  READER,
  ROLES_KEY,
  SEARCH_DAYS,
  SEARCH_VERSIONS,
  VOLUME_GB,
} from '../../../lib/logging/logging-limits';
import type { Engine } from '../../environment/engine';
import { bySize, type Size } from '../../environment/schema/choices';
import { choice, days, integer, text } from '../../environment/schema/fields';
import type { LogSearch } from '../../offers';
import { ACCESS_LOGS } from './access-logs';
import { METADATA } from './saml';
import { SOURCES, type Source } from './sources';

export const INSTANCE = bySize<NodeType>({
  small: 't3.small.search',
  medium: 'm6g.large.search',
  large: 'r6g.large.search',
});
export const SEARCH_NODES = bySize({ small: 1, medium: 2, large: 3 });
export const STORAGE_GB = bySize({ small: 20, medium: 100, large: 300 });
/** Three masters keep a large domain in order when a zone is lost. */
export const MASTER = bySize<NodeType | undefined>(
  { small: undefined, medium: undefined, large: 'm6g.large.search' },
  (type) => type ?? 'none',
);
/** What is shipped unless the file says otherwise: all but connections, which are many, and cheaper to count where they are. */
export const DEFAULT_SOURCES: readonly Source[] = SOURCES.filter((source) => source !== 'connections');

const OpenSearchSchema = z
  .strictObject({
    engine: z
      .literal('opensearch')
      .describe('OpenSearch: the logs of the platform can be searched together, with dashboards.'),
    version: z
      .enum(SEARCH_VERSIONS, `one of ${SEARCH_VERSIONS.join(', ')}, in quotes`)
      .default(DEFAULT_SEARCH_VERSION)
      .describe(
        `Version of OpenSearch, in quotes. It can be raised, not lowered. Default: "${DEFAULT_SEARCH_VERSION}".`,
      ),
    days: integer(SEARCH_DAYS.min, SEARCH_DAYS.max)
      .default(DEFAULT_SEARCH_DAYS)
      .describe(
        `Days that a line can be searched; its log group keeps it by its own days. Default: ${DEFAULT_SEARCH_DAYS}.`,
      ),
    instance: choice(NODE_TYPES).describe(`Type of a data node. ${INSTANCE.description}`).optional(),
    nodes: integer(NODES.min, NODES.max)
      .describe(
        `Data nodes, as many in each zone; from 2 on, a line has a copy in another zone. ${SEARCH_NODES.description}`,
      )
      .optional(),
    storageGb: integer(VOLUME_GB.min, VOLUME_GB.max)
      .describe(`GiB of each data node. ${STORAGE_GB.description}`)
      .optional(),
    master: choice([...NODE_TYPES, 'none'])
      .describe(`Type of three dedicated masters, or none. ${MASTER.description}`)
      .optional(),
    sources: z
      .array(choice(SOURCES))
      .describe(
        `What is shipped: ${SOURCES.join(', ')}. Default: what the file has of them, without connections, which are many.`,
      )
      .meta({ examples: [['jobs', 'endpoints']] })
      .optional(),
    readers: z
      .array(text(READER))
      .default([])
      .describe(
        'Who searches logs and sees dashboards: ARNs of roles, or groups of the identity provider. Default: none.',
      )
      .meta({ examples: [['ml-engineers']] }),
    administrators: z
      .array(text(READER))
      .default([])
      .describe('Who may do everything in the domain. Default: none.')
      .meta({ examples: [['ml-platform']] }),
    from: z
      .array(text({ pattern: /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, meaning: 'an IPv4 block such as 10.0.0.0/16' }))
      .default([])
      .describe('IPv4 blocks from which people open the dashboards, such as those of a VPN. Default: none.')
      .meta({ examples: [['10.0.0.0/16']] }),
    saml: z
      .strictObject({
        entityId: text(ENTITY_ID)
          .describe('Id of the identity provider, as in its metadata.')
          .meta({ examples: ['https://idp.acme.example/saml'] }),
        metadata: text(METADATA)
          .describe('Metadata of the identity provider: its XML document.')
          .meta({ examples: ['<EntityDescriptor entityID="https://idp.acme.example/saml"></EntityDescriptor>'] }),
        rolesKey: text(ROLES_KEY).default('Role').describe('Attribute with the groups of a person. Default: Role.'),
      })
      .describe('How people sign in to the dashboards. Default: they cannot; roles sign their requests.')
      .optional(),
    refusedDays: days()
      .default(DEFAULT_REFUSED_DAYS)
      .describe(`Days that documents are kept which OpenSearch refused. Default: ${DEFAULT_REFUSED_DAYS}.`),
    ...ACCESS_LOGS,
  })
  .describe('Logs of access to data, and logs that OpenSearch searches. Charged by the hour of each node.');

export type OpenSearchInput = z.input<typeof OpenSearchSchema>;
export type OpenSearchSettings = ReturnType<typeof complete>;

/** Logs can be searched in OpenSearch. */
export const opensearch: Engine<'opensearch', typeof OpenSearchSchema, OpenSearchSettings, LogSearch, 'monitoring'> = {
  engine: 'opensearch',
  layer: 'monitoring',
  schema: OpenSearchSchema,
  complete: (written, { size }) => complete(written, size),
  make: (stack, settings, available) =>
    (require('./make-search') as typeof import('./make-search')).makeSearch(stack, settings, available),
};

function complete({ master: writtenMaster, ...written }: z.output<typeof OpenSearchSchema>, size: Size) {
  const { instance = INSTANCE.of(size), nodes = SEARCH_NODES.of(size), storageGb = STORAGE_GB.of(size) } = written;
  const byDefault = nodes > 1 ? MASTER.of(size) : undefined;
  const master = writtenMaster === 'none' ? undefined : (writtenMaster ?? byDefault);
  return { ...written, instance, nodes, storageGb, master };
}
