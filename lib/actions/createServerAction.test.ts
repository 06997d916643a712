import { TaskConflictError } from '@shared/workflow/model/errors';
import { redirect } from 'next/navigation';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Session } from '../auth/session';
import { createServerActions } from './createServerAction';

const mia: Session = { userId: 'mia', email: 'mia@acme.test', name: 'Mia Rossi', tenant: 'acme', roles: ['manager'] };
const pat: Session = {
  userId: 'pat',
  email: 'pat@baton.test',
  name: 'Pat',
  tenant: null,
  roles: ['platform_operator'],
};

function setUp(session: Session | null) {
  const logged: { readonly correlationId: string; readonly where: string; readonly error: unknown }[] = [];
  const { serverAction, publicAction } = createServerActions({
    getSession: () => Promise.resolve(session),
    logError: (entry) => logged.push(entry),
  });
  return { serverAction, publicAction, logged };
}

const input = z.object({ lines: z.array(z.object({ quantity: z.int('Enter a whole number.') })) });
const good = { lines: [{ quantity: 1 }] };

describe('a server action', () => {
  it('gives its body the session, its tenant and the parsed input', async () => {
    const { serverAction } = setUp(mia);
    const action = serverAction({ act: 'task.decide', input: input.strip() }, async (given) => given);
    expect(await action({ ...good, tenant: 'globex' } as typeof good)).toEqual({
      ok: true,
      value: { session: mia, tenant: 'acme', input: good },
    });
  });

  it.each([
    { who: 'nobody', session: null, code: 'not_signed_in' },
    { who: 'somebody without the role', session: { ...mia, roles: [] }, code: 'permission_denied' },
    { who: 'somebody without a tenant', session: pat, code: 'permission_denied' },
  ])('is refused to $who before the input is looked at', async ({ session, code }) => {
    const { serverAction, logged } = setUp(session);
    const action = serverAction({ act: 'invoice.create', input }, async () => expect.unreachable());
    expect(await action({ lines: [{ quantity: 1.5 }] })).toMatchObject({ ok: false, code });
    expect(logged).toEqual([]);
  });

  it('names wrong fields by JSON pointer', async () => {
    const { serverAction } = setUp(mia);
    const action = serverAction({ act: 'task.decide', input }, async () => expect.unreachable());
    expect(await action({ lines: [{ quantity: 1 }, { quantity: 1.5 }] })).toEqual({
      ok: false,
      code: 'invalid_input',
      message: 'Enter a whole number.',
      fieldErrors: [{ path: '/lines/1/quantity', message: 'Enter a whole number.' }],
    });
    expect(await action(undefined as unknown as typeof good)).toMatchObject({ ok: false, code: 'invalid_input' });
  });

  it('keeps the words of an error that the caller can act on', async () => {
    const { serverAction, logged } = setUp(mia);
    const action = serverAction({ act: 'task.decide', input }, async () => {
      throw new TaskConflictError('Omar completed this task a minute ago.');
    });
    expect(await action(good)).toEqual({
      ok: false,
      code: 'task_conflict',
      message: 'Omar completed this task a minute ago.',
    });
    expect(logged).toEqual([]);
  });

  it('logs anything else under a number, and answers the number alone', async () => {
    const { serverAction, logged } = setUp(mia);
    const cause = new Error('relation "secrets" does not exist');
    const action = serverAction({ act: 'task.decide', input }, async () => {
      throw cause;
    });
    const answer = await action(good);
    expect(logged).toMatchObject([{ where: 'server action task.decide', error: cause }]);
    expect(answer).toMatchObject({ ok: false, code: 'internal_error' });
    expect(JSON.stringify(answer)).toContain(logged[0]?.correlationId);
    expect(JSON.stringify(answer)).not.toContain('secrets');
  });

  it('lets a redirect through', async () => {
    const { serverAction } = setUp(mia);
    const action = serverAction({ act: 'task.decide', input }, async () => redirect('/inbox'));
    await expect(action(good)).rejects.toMatchObject({ digest: expect.stringContaining('/inbox') });
  });

  it('needs no session where it is public', async () => {
    const { publicAction } = setUp(null);
    const action = publicAction({ act: 'session.end', input: z.unknown() }, async () => 'done');
    expect(await action()).toEqual({ ok: true, value: 'done' });
  });
});
