import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSession, sessionEpochOf } from '../auth/accounts';
import { hashPassword } from '../auth/password';
import { signInByPassword } from '../auth/signIn';
import { createSignInLimiter, type SignInLimiter } from '../auth/signInLimiter';
import { createTaskFixture, type TaskFixture } from '../workflow/persistence/tasks/testing/taskFixture';
import { changeOwnPassword } from './ownPassword';

const oldPassword = 'a password of long ago';
const newPassword = 'another one, made today';
let fixture: TaskFixture;
let oldHash: string;
let limiter: SignInLimiter;

beforeAll(async () => {
  fixture = await createTaskFixture();
  oldHash = await hashPassword(oldPassword);
});
beforeEach(async () => {
  limiter = createSignInLimiter({ maxFailures: 3, windowMs: 60_000 });
  await fixture.sql`UPDATE users SET password_hash = ${oldHash} WHERE user_id IN ('mia', 'max')`;
});
afterAll(() => fixture.drop());

const change = (request: Partial<Parameters<typeof changeOwnPassword>[1]> = {}) =>
  changeOwnPassword({ sql: fixture.sql, limiter }, { userId: 'mia', oldPassword, newPassword, nowMs: 0, ...request });
const signIn = async (password: string) =>
  (
    await signInByPassword({
      sql: fixture.sql,
      limiter: createSignInLimiter(),
      email: 'mia@acme.test',
      password,
      nowMs: 0,
    })
  ).kind;

describe('a member who changes their password', () => {
  it('signs in with the new one alone, and sessions from before have ended', async () => {
    const { sql } = fixture;
    const epoch = await sessionEpochOf({ sql, userId: 'mia' });
    await change();
    expect(await signIn(newPassword)).toBe('signedIn');
    expect(await signIn(oldPassword)).toBe('refused');
    expect(await loadSession({ sql, userId: 'mia', epoch })).toBeNull();
    const others = await sql`SELECT user_id FROM users WHERE password_hash = ${oldHash}`;
    expect(others).toEqual([{ user_id: 'max' }]);
  });

  it('has to know the old one', async () => {
    const refused = change({ oldPassword: 'a guess of somebody' });
    await expect(refused).rejects.toMatchObject({ fieldErrors: [{ path: '/oldPassword' }] });
    expect(await signIn(oldPassword)).toBe('signedIn');
  });

  it('has to choose another one', async () => {
    await expect(change({ newPassword: oldPassword })).rejects.toMatchObject({
      fieldErrors: [{ path: '/newPassword' }],
    });
  });

  it('is told to wait after too many wrong ones, right or wrong, and others are not', async () => {
    const guesses = Array.from({ length: 3 }, () => change({ oldPassword: 'a guess of somebody' }));
    for (const { status } of await Promise.allSettled(guesses)) expect(status).toBe('rejected');
    await expect(change({ nowMs: 59_000 })).rejects.toMatchObject({ code: 'too_many_attempts' });
    expect(await signIn(oldPassword)).toBe('signedIn');
    await change({ userId: 'max', nowMs: 59_000 });
    await change({ nowMs: 60_000 });
    expect(await signIn(newPassword)).toBe('signedIn');
  });

  it('changes it once, whoever else changes it at the same moment', async () => {
    const ends = await Promise.allSettled([change(), change({ newPassword: 'yet another one of today' })]);
    const [lost] = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    // Whoever comes later finds the password changed already, or its own change overtaken.
    expect(lost).toMatchObject({ code: expect.stringMatching(/^(member_conflict|invalid_input)$/) as string });
  });

  it('has none to change where they sign in without', async () => {
    await expect(change({ userId: 'alice' })).rejects.toMatchObject({ code: 'member_not_found' });
    await fixture.sql`UPDATE users SET deactivated_at = now() WHERE user_id = 'max'`;
    await expect(change({ userId: 'max' })).rejects.toMatchObject({ code: 'member_not_found' });
  });
});
