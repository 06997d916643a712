/**
 * A web server for attacks: the product's own route handlers over Node's HTTP server, without pages and without a build.
 * Told by its environment as the product is. Says where it listens, as Next does.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { POST as submitEvent } from '../../app/api/v1/events/route';

const server = http.createServer((incoming, outgoing) => {
  void (async () => {
    const { method = 'GET', url = '/', headers } = incoming;
    const { pathname } = new URL(url, 'http://localhost');
    if (method !== 'POST' || pathname !== '/api/v1/events') return void outgoing.writeHead(404).end();
    const request = new Request(new URL(url, 'http://localhost'), {
      method,
      headers: { 'content-type': 'application/json', authorization: headers.authorization ?? '' },
      body: await text(incoming),
    });
    const response = await submitEvent(request, { params: Promise.resolve({}) });
    outgoing.writeHead(response.status, { 'content-type': 'application/json' }).end(await response.text());
  })().catch(() => outgoing.destroy());
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
// Nobody is left to be served.
process.on('disconnect', () => process.exit(0));
