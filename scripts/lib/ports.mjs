// Ports on loopback: pick a free one, or learn whether a wanted one is free.
import net from 'node:net';

/** A port that is free on loopback at this moment. */
export function pickFreePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * True when nothing listens on the port, on either loopback address or on all of them. A listener is tried as well
 * as a connection: a bound port that does not accept yet is taken too.
 */
export async function isPortFree(port) {
  for (const host of ['127.0.0.1', '::1']) {
    if (await accepts({ host, port })) return false;
  }
  for (const host of ['127.0.0.1', '::1']) {
    if (!(await canListen({ host, port }))) return false;
  }
  return true;
}

/** True when something accepts a connection there within `timeoutMs`. */
export function accepts({ host, port, timeoutMs = 1_000 }) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const settle = (value) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

function canListen({ host, port }) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error) => resolve(error.code !== 'EADDRINUSE' && error.code !== 'EACCES'));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
