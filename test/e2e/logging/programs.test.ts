import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'cdktf';
import { LogShipping, SearchDomain } from '../../../lib/logging';
import { Network } from '../../../lib/network/network';
import { Bucket } from '../../../lib/storage/bucket';
import { Template, validate } from '../../../lib/testing';
import { dataQualityPython } from '../../support/data-quality';
import { describeWith } from '../../support/machine';
import { acmeStack, keyIn } from '../../support/stack';

/*
 * The programs as they are deployed: their archives, handlers, variables and input as synthesized, with the client of AWS that signs.
 * What is not here: Lambda, Firehose and OpenSearch themselves, and whether a domain takes what its documents say.
 */

type Json = Record<string, any>;

const stack = acmeStack();
const around = {
  network: Network.fromNetworkAttributes(stack, 'Net', {
    vpcId: 'vpc-11111111',
    vpcCidr: '10.0.0.0/16',
    privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
  }),
  encryptionKey: keyIn(stack),
  bucket: new Bucket(stack, 'Delivery'),
};
const domain = new SearchDomain(stack, 'Domain', {
  ...around,
  name: 'logs',
  readers: ['engineers'],
  nodes: 2,
  masterType: 'm6g.large.search',
  saml: {
    entityId: 'https://idp.acme.example/saml',
    metadata: '<EntityDescriptor entityID="https://idp.acme.example/saml"/>',
  },
});
new LogShipping(stack, 'Shipping', { ...around, domain, name: 'logs' }).ship('own', '/acme/own');
const template = Template.synth(stack);
const folder = mkdtempSync(join(tmpdir(), 'logging-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(name: string, event: object): { readonly answer: Json; readonly seen: Json[] } {
  const { handler, s3_key, environment } = (template.all('aws_lambda_function') as Json[]).find(
    ({ function_name }) => function_name === name,
  )!;
  const objects = Object.entries(template.resources('aws_s3_object')) as [string, Json][];
  const [, object] = objects.find(([id]) => `${s3_key}`.includes(id))!;
  const archive = join(folder, `${name}.zip`);
  writeFileSync(archive, Buffer.from(object.content_base64, 'base64'));
  const input = JSON.stringify({ archive, handler, event, variables: environment.variables });
  const program = join(__dirname, '../../logging/program_calls.py');
  return JSON.parse(execFileSync(dataQualityPython(), [program], { input, encoding: 'utf8' }));
}

describeWith(['python', 'registry'], 'the programs of logs', () => {
  test('put the settings of a domain with calls that are signed for OpenSearch', () => {
    const { answer, seen } = run(
      'acme-dev-logs-settings',
      JSON.parse(String(template.one('aws_lambda_invocation').input)),
    );
    expect(answer).toEqual({ days: 30 });
    for (const { signed, token } of seen) {
      expect(signed).toMatch(/^\d{8}\/eu-north-1\/es\/aws4_request$/);
      expect(token).toBe('session');
    }
    const calls = Object.fromEntries(seen.map(({ call, body }) => [call, body]));
    expect(calls['PUT /_plugins/_security/api/rolesmapping/log_reader']).toEqual({ backend_roles: ['engineers'] });
    expect(calls['PUT /_index_template/logs'].template.settings.number_of_replicas).toBe(1);
    expect(Object.keys(calls)).toContain('PUT /_plugins/_ism/policies/log_retention');
  });

  test('put a document of each line into the stream', () => {
    const { answer, seen } = run('acme-dev-logs-splitter', { lines: ['plain', '{"level":"ERROR"}'] });
    expect(answer).toEqual({ documents: 2 });
    expect(seen).toHaveLength(1);
    const [{ target, body }] = seen as [Json];
    expect(target).toBe('Firehose_20150804.PutRecordBatch');
    const documents = body.Records.map(({ Data }: Json) => JSON.parse(Buffer.from(Data, 'base64').toString()));
    expect(documents).toMatchObject([
      { message: 'plain', group: 'g', '@timestamp': '2026-01-01T00:00:00.000Z' },
      { fields: { level: 'ERROR' } },
    ]);
  });
});

describeWith(['terraform'], 'the domain and the delivery', () => {
  test('are what the provider takes', async () => {
    expect(await validate(stack.node.root as App)).toEqual([]);
  }, 120_000); // starting the provider takes seconds, on a busy machine many
});
