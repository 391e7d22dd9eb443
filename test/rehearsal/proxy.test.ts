import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useEndpoint } from '../../rehearsal/clouds/aws/emulator/endpoint';
import { startProxy } from '../../rehearsal/clouds/aws/emulator/proxy';

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

/** Requests `path` at any `host` through a proxy. */
function through(proxy: number, host: string, body = ''): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host, 'content-length': body.length };
    const asked = request({ port: proxy, method: 'PUT', path: `http://${host}/key?x=1`, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, text }));
    });
    asked.on('error', reject).end(body);
  });
}

describe('the proxy', () => {
  const service = createServer(async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    response.end(`${incoming.method} ${incoming.headers.host} ${incoming.url} ${body}`);
  });
  let proxy: Awaited<ReturnType<typeof startProxy>>;
  beforeAll(async () => {
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    proxy = await startProxy('127.0.0.1');
  });
  afterAll(() => {
    service.close();
    proxy.close();
  });

  test.each(['acme-raw.127.0.0.1', '111122223333.127.0.0.1'])('sends %s to the requested port', async (name) => {
    const host = `${name}:${portOf(service)}`;
    expect(await through(portOf(proxy), host, 'hello')).toEqual({ status: 200, text: `PUT ${host} /key?x=1 hello` });
  });

  test('sends nothing out: another host is the same loopback, where nothing listens', async () => {
    expect(await through(portOf(proxy), 's3.eu-north-1.amazonaws.com:1')).toEqual({ status: 502, text: '' });
  });
});

test('AWS clients get an endpoint, no setting of the user, and no way out by HTTPS', async () => {
  const { env, stop } = await useEndpoint('http://127.0.0.1:4566', { account: '111122223333', region: 'eu-north-1' });
  stop();
  expect(env).toMatchObject({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_ACCESS_KEY_ID: '111122223333',
    AWS_REGION: 'eu-north-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    HTTPS_PROXY: 'http://127.0.0.1:9',
    https_proxy: 'http://127.0.0.1:9',
    HTTP_PROXY: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  });
});
