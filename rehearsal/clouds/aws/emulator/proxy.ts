import { createServer, request, type Server } from 'node:http';

/**
 * Starts an HTTP proxy that sends every request to `host`, at the port that the request names.
 *
 * Some clients put a bucket or an account before the endpoint's name (`acme-raw.127.0.0.1:4566`), which does not
 * resolve. A request for any other host goes to `host` too, so it does not leave the machine.
 */
export function startProxy(host: string): Promise<Server> {
  const server = createServer((incoming, response) => {
    // `new URL` refuses such hosts: one that ends in a number must be an IP address
    const [, port, path = '/'] = /^http:\/\/[^/:]*(?::(\d+))?(\/.*)?$/.exec(incoming.url ?? '') ?? [];
    const { method, headers } = incoming;
    const outgoing = request({ host, port, method, headers, path }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
