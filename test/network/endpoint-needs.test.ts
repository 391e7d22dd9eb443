import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENDPOINT_NEEDS, type EndpointNeed, endpointsFor } from '../../lib/network/needs/endpoint-needs';
import { COMMON_ENDPOINTS, ENDPOINT_SERVICES } from '../../lib/network/network-limits';

const DOCS = readFileSync(join(__dirname, '../../docs/endpoints.md'), 'utf8');

const needs: readonly EndpointNeed[] = Object.values(ENDPOINT_NEEDS);
const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');

/** The table of the docs and its sources, as the code has them. */
const TABLE = [
  '| what | endpoints | what passes them |',
  '| - | - | - |',
  ...needs.map(({ workload, services, why }) => `| ${workload} | ${code(services) || 'S3 only'} | ${why} |`),
  '',
  '## Sources',
  '',
  ...needs.map(({ workload, source }) => `- ${workload}: ${source}`),
];
/** Without the padding of the cells. */
const unpadded = (text: string) => text.replaceAll(/ +/g, ' ').replaceAll(/-{2,}/g, '-');

describe('the docs of endpoints', () => {
  test('have the table of the code; copy it from this failure if they differ', () => {
    expect(unpadded(DOCS.slice(DOCS.indexOf('| what '))).split('\n')).toEqual([...TABLE, '']);
  });

  test('name the endpoints of every network without internet access', () => {
    expect(DOCS).toContain(`most workloads call: ${code(COMMON_ENDPOINTS)}.`);
  });
});

describe('the needs of a workload', () => {
  test('are services with an endpoint, each with the reason and its source', () => {
    for (const { services, why, source } of needs) {
      expect(ENDPOINT_SERVICES).toEqual(expect.arrayContaining([...services]));
      expect(new Set(services).size).toBe(services.length);
      expect([why, source]).not.toContain('');
    }
  });

  test('of several workloads are each service once, in the order of the services', () => {
    expect(endpointsFor('batch-fargate', 'batch-ec2', 'lake-queries')).toEqual([
      'ecr.api',
      'ecr.dkr',
      'logs',
      'athena',
      'glue',
      'ecs',
      'ecs-agent',
      'ecs-telemetry',
    ]);
    expect(endpointsFor('training-jobs')).toEqual([]);
  });
});
