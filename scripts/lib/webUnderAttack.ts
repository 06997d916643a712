/** Web servers that may be killed and frozen, and a client that repeats what it submits until it is answered. */
import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { z } from 'zod';
import { mintToken } from '../../lib/auth/apiTokens';
import type { AttackedWeb } from '../../lib/workflow/testing/processes/chaosDay';
import { startWebServer, type WebKind, type WebServer } from './webServers';

const eventType = 'CHAOS_ORDER';
const answerSchema = z.object({ eventId: z.string(), executionIds: z.array(z.string()) });
/** A frozen server does not answer: the sender asks again. */
const patienceMs = 10_000;

/** @param place.workflow what each event starts in the tenant; its registration is published already. */
export async function openWeb(place: {
  readonly kind: WebKind;
  readonly sql: Sql;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly tenant: string;
  readonly workflow: string;
}): Promise<AttackedWeb & { readonly close: () => void }> {
  const token = await prepare(place);
  let isClosing = false;
  let kills = 0;
  const start = (): WebServer => {
    const started = startWebServer(place.kind, place);
    started.child.once('exit', () => {
      if (isClosing) return;
      if (started === server) {
        kills += 1;
        server = spare;
      }
      spare = start();
    });
    return started;
  };
  let server = start();
  /** Stands by with its modules loaded. */
  let spare = start();
  await Promise.all([server.port, spare.port]);
  return {
    get kills() {
      return kills;
    },
    signal: (signal) => void server.child.kill(signal),
    submit: async (idempotencyKey) => {
      const response = await fetch(`http://127.0.0.1:${await server.port}/api/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify({ event_type: eventType, payload: {}, idempotency_key: idempotencyKey }),
        signal: AbortSignal.timeout(patienceMs),
      });
      if (response.status !== 202) throw new Error(`The web answered ${response.status}: ${await response.text()}`);
      return answerSchema.parse(await response.json());
    },
    close: () => {
      isClosing = true;
      for (const { child } of [server, spare]) child.kill('SIGKILL');
    },
  };
}

/** Somebody who may submit events, and what their events start. */
async function prepare({
  sql,
  tenant,
  workflow,
}: {
  readonly sql: Sql;
  readonly tenant: string;
  readonly workflow: string;
}): Promise<string> {
  const email = 'chaos@acme.test';
  await sql`INSERT INTO tenants (tenant_id, name) VALUES (${tenant}, ${tenant}) ON CONFLICT DO NOTHING`;
  await sql`INSERT INTO users (user_id, email, name, tenant_id) VALUES ('chaos', ${email}, 'Chaos', ${tenant})`;
  await sql`INSERT INTO user_roles (user_id, role) VALUES ('chaos', 'operator')`;
  await sql`
    INSERT INTO workflow_event_attachments (attachment_id, tenant_id, event_type, workflow_id)
    SELECT ${randomUUID()}, ${tenant}, ${eventType}, registration_id
    FROM workflow_registrations WHERE name = ${workflow}`;
  const minted = await mintToken({ sql, email, daysValid: 1 });
  if (minted === null) throw new Error('Nobody may submit events.');
  return minted.token;
}
