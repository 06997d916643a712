import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTaskFixture, type TaskFixture } from '../workflow/persistence/tasks/testing/taskFixture';
import { claimTask } from '../workflow/tasks/claimTask';
import { delegateTask } from '../workflow/tasks/handOver';
import { listMembers, listRoles, roleNames } from './members';

let fixture: TaskFixture;

beforeAll(async () => {
  fixture = await createTaskFixture();
  vi.stubEnv('DATABASE_URL', fixture.url);
});
afterAll(async () => {
  await closeDatabase();
  vi.unstubAllEnvs();
  await fixture.drop();
});

const mia = { tenant: 'acme', userId: 'mia', roles: ['manager'] };

describe('the list of members', () => {
  it('has everybody of the tenant alone, with roles and the tasks that they hold or lent', async () => {
    const { sql, deps } = fixture;
    await sql`INSERT INTO user_roles VALUES ('mia', 'manager'), ('mia', 'finance'), ('gus', 'manager')`;
    for (const lends of [false, true]) {
      const { taskId } = await fixture.createTask();
      await claimTask(deps, { ...mia, taskId });
      if (lends) await delegateTask(deps, { ...mia, taskId, to: 'max' });
    }
    const { members, hasMore } = await listMembers('acme');
    expect(hasMore).toBe(false);
    expect(members.map(({ userId, roles, holds, isActive }) => [userId, roles, holds, isActive])).toEqual([
      ['alice', [], 0, true],
      ['max', [], 1, true],
      ['mia', ['finance', 'manager'], 2, true],
      ['omar', [], 0, true],
    ]);
  });

  it('has those last who are deactivated, with the open tasks that nobody is left to take', async () => {
    const theirs = await fixture.createTask({ assignTo: { users: ['alice'] }, title: 'For Alice alone' });
    await fixture.createTask({ assignTo: { users: ['alice', 'max'] } });
    await fixture.createTask({ assignTo: { users: ['alice'], roles: ['manager'] } });
    await fixture.sql`UPDATE users SET deactivated_at = now() WHERE user_id = 'alice'`;
    const last = (await listMembers('acme')).members.at(-1);
    expect(last).toMatchObject({ userId: 'alice', isActive: false });
    expect(last?.onlyTheirs).toMatchObject([{ taskId: theirs.taskId, title: 'For Alice alone' }]);
  });
});

describe('the roles of a tenant', () => {
  it('are those of all tenants, its own and those that somebody has, each by the name it has there', async () => {
    await fixture.sql`INSERT INTO work_roles (tenant_id, role, name)
      VALUES ('acme', 'manager', 'Team lead'), ('acme', 'legal', 'Legal'), ('globex', 'finance', 'Money')`;
    const roles = await listRoles('acme');
    expect(roles.map(({ role, name, kind, members }) => [role, name, kind, members])).toEqual([
      ['requester', 'Requester', 'shared', 0],
      ['manager', 'Team lead', 'shared', 1],
      ['finance', 'Finance', 'own', 1],
      ['legal', 'Legal', 'own', 0],
      ['viewer', 'Viewer', 'console', 0],
      ['operator', 'Operator', 'console', 0],
      ['administrator', 'Administrator', 'console', 0],
    ]);
    const names = await roleNames('acme');
    expect(['manager', 'finance', 'tax-office'].map(names.of)).toEqual(['Team lead', 'Finance', 'Tax office']);
  });
});
