/** Processes that serve the web of the product, for attacks: told by their environment as the product's are. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';

const projectRoot = path.resolve(import.meta.dirname, '../..');

/** The product's own Next server, or only its route handlers over Node's HTTP server, which needs no build. */
export type WebKind = 'Next' | 'route handlers';

export interface WebServer {
  readonly child: ChildProcess;
  /** Where it listens, once it does. */
  readonly port: Promise<number>;
}

const programs: Readonly<Record<WebKind, readonly string[]>> = {
  Next: [
    ...['--import', './scripts/lib/endWithParent.mjs', path.join('node_modules', 'next', 'dist', 'bin', 'next')],
    ...['start', '-H', '127.0.0.1', '-p', '0'],
  ],
  'route handlers': ['--import', 'tsx', path.join('scripts', 'lib', 'webFixture.ts')],
};

export function startWebServer(
  kind: WebKind,
  { databaseUrl, redisUrl }: { readonly databaseUrl: string; readonly redisUrl: string },
): WebServer {
  const child = spawn(process.execPath, [...programs[kind]], {
    cwd: projectRoot,
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      AUTH_SECRET: randomUUID() + randomUUID(),
      LOG_LEVEL: 'silent',
      NEXT_TELEMETRY_DISABLED: '1',
      TZ: 'UTC',
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  const port = new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (part: string) => {
        output = (output + part).slice(-4_000);
        // Both say where they listen.
        const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(output)?.[1];
        if (found !== undefined) resolve(Number(found));
      });
    }
    child.once('exit', (code, signal) => reject(new Error(`The web server ended (${signal ?? code}): ${output}`)));
  });
  // Whoever asks for it hears of it.
  port.catch(() => undefined);
  return { child, port };
}
