import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadSession, sessionEpochOf } from '../auth/accounts';
import { mintToken, sessionOfToken } from '../auth/apiTokens';
import { signInByPassword, signInToDemo } from '../auth/signIn';
import { createSignInLimiter } from '../auth/signInLimiter';
import { createTransactions } from '../workflow/persistence/transactions';
import { createTaskFixture, type TaskFixture } from '../workflow/persistence/tasks/testing/taskFixture';
import { assignTask, delegateTask } from '../workflow/tasks/handOver';
import { claimTask } from '../workflow/tasks/claimTask';
import { completeTask } from '../workflow/tasks/completeTask';
import { releaseTask } from '../workflow/tasks/releaseTask';
import { askForInfo, returnQuestion } from '../workflow/tasks/askAboutTask';
import type { MemberDeps } from './deps';
import { giveBackTasks } from './giveBackTasks';
import { addMember, changeMember, deactivateMember, reactivateMember, resetPassword } from './members';
import { addWorkRole, removeWorkRole, renameWorkRole } from './workRoles';

let fixture: TaskFixture;
let deps: MemberDeps;
let transactions: ReturnType<typeof createTransactions>;

beforeAll(async () => {
  fixture = await createTaskFixture();
  transactions = createTransactions({ sql: fixture.sql });
  deps = { sql: fixture.sql, inTransaction: (work) => transactions.run({ work }) };
});
beforeEach(async () => {
  const { sql } = fixture;
  await sql`DELETE FROM user_roles`;
  await sql`DELETE FROM work_roles`;
  await sql`UPDATE users SET deactivated_at = NULL, version = 1, changed_by = NULL`;
  await sql`INSERT INTO user_roles VALUES ('mia', 'manager'), ('max', 'manager'), ('omar', 'administrator'),
    ('alice', 'requester'), ('gus', 'administrator')`;
});
afterAll(async () => {
  transactions.end();
  await fixture.drop();
});

const omar = { tenant: 'acme', userId: 'omar', roles: ['administrator'] };
const of = (userId: string, version = 1) => ({ tenant: 'acme', by: 'omar', userId, version });
const rolesOf = async (userId: string) => (await loadSession({ sql: fixture.sql, userId }))?.roles;
const signIn = (email: string, password: string) =>
  signInByPassword({ sql: fixture.sql, limiter: createSignInLimiter(), email, password, nowMs: 0 });
const giveBack = (userId: string) =>
  giveBackTasks(
    {
      sql: fixture.sql,
      releaseTask: (request) => releaseTask(fixture.deps, request),
      assignTask: (request) => assignTask(fixture.deps, request),
      returnQuestion: (request) => returnQuestion(fixture.deps, request),
    },
    { by: omar, userId },
  );

describe('a member who is added', () => {
  it('signs in with the password that is told once, and has the roles', async () => {
    const added = { tenant: 'acme', by: 'omar', name: 'Nora Berg', email: ' Nora@Acme.test ', roles: ['manager'] };
    const { userId, password } = await addMember(deps, added);
    expect(await signIn('nora@acme.test', password)).toEqual({ kind: 'signedIn', userId });
    expect(await loadSession({ sql: fixture.sql, userId })).toEqual({
      userId,
      email: 'nora@acme.test',
      name: 'Nora Berg',
      tenant: 'acme',
      roles: ['manager'],
    });
    expect(JSON.stringify(await fixture.sql`SELECT * FROM users`)).not.toContain(password);
  });

  it('needs an address of their own, among all tenants', async () => {
    const gus = { tenant: 'acme', by: 'omar', name: 'Gus', email: 'GUS@globex.test', roles: [] };
    await expect(addMember(deps, gus)).rejects.toMatchObject({ fieldErrors: [{ path: '/email' }] });
  });

  it.each([['platform_operator'], ['finance']])(
    'cannot be given the role %s, which does not exist here',
    async (role) => {
      const nobody = { tenant: 'acme', by: 'omar', name: 'Nobody', email: 'nobody@acme.test', roles: [role] };
      await expect(addMember(deps, nobody)).rejects.toMatchObject({ fieldErrors: [{ path: '/roles' }] });
      expect(await fixture.sql`SELECT 1 FROM users WHERE email = 'nobody@acme.test'`).toEqual([]);
    },
  );
});

describe('roles', () => {
  it('are given and taken, and count from the next request', async () => {
    await changeMember(deps, { ...of('alice'), name: 'Alice Meyer', roles: ['manager', 'viewer'] });
    expect(await rolesOf('alice')).toEqual(['manager', 'viewer']);
    await changeMember(deps, { ...of('alice', 2), name: 'Alice Meyer', roles: [] });
    expect(await rolesOf('alice')).toEqual([]);
  });

  it('are not changed over what somebody else changed meanwhile, and it is told who did', async () => {
    await addMember(deps, {
      tenant: 'acme',
      by: 'omar',
      name: 'Olga',
      email: `olga@acme.test`,
      roles: ['administrator'],
    });
    const [olga] = await fixture.sql`SELECT user_id FROM users WHERE email = 'olga@acme.test'`;
    await changeMember(deps, { ...of('alice'), by: olga?.user_id as string, name: 'Alice', roles: ['viewer'] });
    const late = changeMember(deps, { ...of('alice'), name: 'Alice Meyer', roles: ['manager'] });
    await expect(late).rejects.toMatchObject({
      code: 'member_conflict',
      message: expect.stringContaining('Olga changed Alice') as string,
    });
    expect(await rolesOf('alice')).toEqual(['viewer']);
    await fixture.sql`DELETE FROM user_roles WHERE user_id = ${olga?.user_id as string}`;
  });

  it('of two who change a member at once, one wins and the other is told', async () => {
    const changes = ['manager', 'viewer'].map((role) =>
      changeMember(deps, { ...of('alice'), name: 'Alice Meyer', roles: [role] }),
    );
    const ends = await Promise.allSettled(changes);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const won = ends.findIndex(({ status }) => status === 'fulfilled');
    expect(await rolesOf('alice')).toEqual([['manager', 'viewer'][won]]);
  });

  it("are never those of another tenant's member", async () => {
    await expect(changeMember(deps, { ...of('gus'), name: 'Gus', roles: [] })).rejects.toMatchObject({
      code: 'member_not_found',
    });
    await expect(deactivateMember(deps, of('gus'))).rejects.toMatchObject({ code: 'member_not_found' });
    expect(await rolesOf('gus')).toEqual(['administrator']);
  });
});

describe('the last administrator', () => {
  it('keeps the role and the account', async () => {
    const stepDown = changeMember(deps, { ...of('omar'), name: 'Omar Haddad', roles: ['viewer'] });
    await expect(stepDown).rejects.toMatchObject({ code: 'last_administrator' });
    await expect(deactivateMember(deps, of('omar'))).rejects.toMatchObject({ code: 'last_administrator' });
    expect(await rolesOf('omar')).toEqual(['administrator']);
  });

  it('is one who is active', async () => {
    await fixture.sql`INSERT INTO user_roles VALUES ('mia', 'administrator')`;
    await deactivateMember(deps, of('mia'));
    await expect(deactivateMember(deps, of('omar'))).rejects.toMatchObject({ code: 'last_administrator' });
  });

  it('stays when two administrators remove each other at once', async () => {
    await fixture.sql`INSERT INTO user_roles VALUES ('mia', 'administrator')`;
    const ends = await Promise.allSettled([
      deactivateMember(deps, { ...of('omar'), by: 'mia' }),
      deactivateMember(deps, of('mia')),
    ]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const left = await fixture.sql`
      SELECT 1 FROM users JOIN user_roles USING (user_id)
      WHERE tenant_id = 'acme' AND role = 'administrator' AND deactivated_at IS NULL`;
    expect(left).toHaveLength(1);
  });
});

describe('a member who is deactivated', () => {
  it('has no session, no token and no way in, and after reactivation the old ones stay ended', async () => {
    const { sql } = fixture;
    const { password } = await resetPassword(deps, of('mia'));
    const epoch = await sessionEpochOf({ sql, userId: 'mia' });
    const token = (await mintToken({ sql, email: 'mia@acme.test', daysValid: 1 }))?.token ?? '';
    expect(await loadSession({ sql, userId: 'mia', epoch })).not.toBeNull();
    expect(await sessionOfToken({ sql, token })).not.toBeNull();

    await deactivateMember(deps, of('mia', 2));
    expect(await loadSession({ sql, userId: 'mia', epoch })).toBeNull();
    expect(await sessionOfToken({ sql, token })).toBeNull();
    expect(await signIn('mia@acme.test', password)).toEqual({ kind: 'refused' });
    expect(await signInToDemo({ sql, isDemo: true, email: 'mia@acme.test' })).toEqual({ kind: 'refused' });
    expect(await mintToken({ sql, email: 'mia@acme.test', daysValid: 1 })).toBeNull();

    await reactivateMember(deps, of('mia', 3));
    expect(await loadSession({ sql, userId: 'mia', epoch })).toBeNull();
    expect(await sessionOfToken({ sql, token })).toBeNull();
    expect(await signIn('mia@acme.test', password)).toEqual({ kind: 'signedIn', userId: 'mia' });
    const now = await sessionEpochOf({ sql, userId: 'mia' });
    expect((await loadSession({ sql, userId: 'mia', epoch: now }))?.roles).toEqual(['manager']);
  });

  it('cannot be deactivated twice, nor reactivated while active', async () => {
    await expect(reactivateMember(deps, of('mia'))).rejects.toMatchObject({ code: 'member_conflict' });
    await deactivateMember(deps, of('mia'));
    await expect(deactivateMember(deps, of('mia', 2))).rejects.toMatchObject({ code: 'member_conflict' });
  });

  it('gives the tasks that they hold back to their candidates, with a line of activity', async () => {
    const mia = { tenant: 'acme', userId: 'mia', roles: ['manager'] };
    const max = { tenant: 'acme', userId: 'max', roles: ['manager'] };
    const [held, lent, helped, foreign] = await Promise.all([1, 2, 3, 4].map(() => fixture.createTask()));
    const ids = [held, lent, helped, foreign].map((task) => task?.taskId ?? '');
    const [heldId = '', lentId = '', helpedId = '', foreignId = ''] = ids;
    for (const taskId of [heldId, lentId]) await claimTask(fixture.deps, { ...mia, taskId });
    await delegateTask(fixture.deps, { ...mia, taskId: lentId, to: 'alice' });
    for (const taskId of [helpedId, foreignId]) await claimTask(fixture.deps, { ...max, taskId });
    await delegateTask(fixture.deps, { ...max, taskId: helpedId, to: 'mia' });

    await expect(giveBack('mia')).rejects.toMatchObject({ code: 'member_conflict' });
    await deactivateMember(deps, of('mia'));
    expect(await giveBack('mia')).toBe(3);
    expect(await giveBack('mia')).toBe(0);

    const rows = await Promise.all(ids.map((taskId) => fixture.rowOf(taskId)));
    expect(rows.map((row) => [row?.status, row?.assignee, row?.owner])).toEqual([
      ['pending', null, null],
      ['pending', null, null],
      ['claimed', 'max', null],
      ['claimed', 'max', null],
    ]);
    expect(await fixture.activityOf(heldId)).toEqual(['claimed mia', 'released omar']);
    expect(await fixture.activityOf(helpedId)).toEqual(['claimed max', 'delegated max', 'assigned omar']);
    await claimTask(fixture.deps, { ...max, taskId: heldId });
    await completeTask(fixture.deps, { ...max, taskId: heldId, outcome: 'approve', data: {} });
    expect((await fixture.rowOf(heldId))?.ended_by).toBe('max');
  });

  it('leaves no question open: each goes back to who asked, who is told and can ask somebody else', async () => {
    const max = { tenant: 'acme', userId: 'max', roles: ['manager'] };
    const { taskId } = await fixture.createTask();
    await claimTask(fixture.deps, { ...max, taskId });
    await askForInfo(fixture.deps, { ...max, taskId, to: 'mia', text: 'Which cost centre?' });
    await fixture.sql`INSERT INTO mail_transport (is_only, seen_at) VALUES (true, now()) ON CONFLICT DO NOTHING`;
    await deactivateMember(deps, of('mia'));
    expect(await giveBack('mia')).toBe(1);
    expect(await giveBack('mia')).toBe(0);
    expect(await fixture.rowOf(taskId)).toMatchObject({ status: 'claimed', assignee: 'max', question_to: null });
    expect(await fixture.activityOf(taskId)).toEqual(['claimed max', 'info_requested max', 'question_returned omar']);
    const mails = await fixture.sql`
      SELECT m.user_id, m.kind FROM outgoing_mails m
      JOIN workflow_task_activity a ON a.activity_id = m.activity_id AND a.kind = 'question_returned'
      WHERE m.task_id = ${taskId}`;
    expect(mails).toEqual([{ user_id: 'max', kind: 'assignment' }]);
    await askForInfo(fixture.deps, { ...max, taskId, to: 'alice', text: 'Which cost centre?' });
    expect(await fixture.rowOf(taskId)).toMatchObject({ question_to: 'alice' });
    await fixture.sql`DELETE FROM outgoing_mails`;
    await fixture.sql`DELETE FROM mail_transport`;
  });

  it('is nobody that a task can be handed to', async () => {
    await deactivateMember(deps, of('max'));
    const { taskId } = await fixture.createTask();
    const assigned = assignTask(fixture.deps, { ...omar, taskId, to: 'max' });
    await expect(assigned).rejects.toMatchObject({ fieldErrors: [{ path: '/to' }] });
  });
});

describe('work roles', () => {
  const role = { tenant: 'acme', role: 'finance' };

  it('are added per tenant', async () => {
    await addWorkRole(deps, { ...role, name: 'Finance' });
    await changeMember(deps, { ...of('alice'), name: 'Alice Meyer', roles: ['finance'] });
    expect(await rolesOf('alice')).toEqual(['finance']);
    const gus = { tenant: 'globex', by: 'gus', userId: 'gus', version: 1, name: 'Gus' };
    await expect(changeMember(deps, { ...gus, roles: ['administrator', 'finance'] })).rejects.toMatchObject({
      fieldErrors: [{ path: '/roles' }],
    });
  });

  it('can be called something else without tasks, members or workflows noticing', async () => {
    await addWorkRole(deps, { ...role, name: 'Finance' });
    await changeMember(deps, { ...of('alice'), name: 'Alice Meyer', roles: ['finance'] });
    const { taskId } = await fixture.createTask({ assignTo: { roles: ['finance'] } });
    await renameWorkRole(deps, { ...role, name: 'Money people' });
    const session = await loadSession({ sql: fixture.sql, userId: 'alice' });
    await claimTask(fixture.deps, { tenant: 'acme', userId: 'alice', roles: session?.roles ?? [], taskId });
    expect((await fixture.rowOf(taskId))?.assignee).toBe('alice');
    expect(await fixture.sql`SELECT role, name FROM work_roles`).toEqual([{ role: 'finance', name: 'Money people' }]);
  });

  it('that every tenant has can be called something else, and not taken away', async () => {
    await renameWorkRole(deps, { tenant: 'acme', role: 'manager', name: 'Team lead' });
    expect(await fixture.sql`SELECT tenant_id, role, name FROM work_roles`).toEqual([
      { tenant_id: 'acme', role: 'manager', name: 'Team lead' },
    ]);
    await expect(removeWorkRole(deps, { tenant: 'acme', role: 'manager' })).rejects.toMatchObject({
      code: 'role_in_use',
    });
  });

  it.each([
    ['administrator', 'Boss', '/role'],
    ['platform_operator', 'Boss', '/role'],
    ['Finance', 'Finance', '/role'],
    ['manager', 'Finance', '/role'],
    ['finance', 'Manager', '/name'],
  ])('cannot have the key %s with the name %s', async (key, name, path) => {
    const added = addWorkRole(deps, { tenant: 'acme', role: key, name });
    await expect(added).rejects.toMatchObject({ fieldErrors: [{ path }] });
  });

  it('cannot be renamed where they do not exist, nor a console role', async () => {
    for (const key of ['nothing', 'administrator']) {
      const renamed = renameWorkRole(deps, { tenant: 'acme', role: key, name: 'Boss' });
      await expect(renamed).rejects.toMatchObject({ code: 'role_not_found' });
    }
  });

  it('are taken away once nobody has them and no open task is for them', async () => {
    await addWorkRole(deps, { ...role, name: 'Finance' });
    const { taskId } = await fixture.createTask({ assignTo: { roles: ['finance'] } });
    await changeMember(deps, { ...of('alice'), name: 'Alice Meyer', roles: ['finance'] });
    await expect(removeWorkRole(deps, role)).rejects.toMatchObject({
      code: 'role_in_use',
      message: expect.stringContaining('1 member has it and ') as string,
    });
    await changeMember(deps, { ...of('alice', 2), name: 'Alice Meyer', roles: [] });
    await fixture.sql`UPDATE workflow_tasks SET status = 'canceled' WHERE 'finance' = ANY(candidate_roles)`;
    expect((await fixture.rowOf(taskId))?.status).toBe('canceled');
    await removeWorkRole(deps, role);
    await expect(removeWorkRole(deps, role)).rejects.toMatchObject({ code: 'role_not_found' });
  });
});
