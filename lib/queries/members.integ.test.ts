import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { closeDatabase } from '../db/client';
import { createTaskFixture, type TaskFixture } from '../workflow/persistence/tasks/testing/taskFixture';
import { claimTask } from '../workflow/tasks/claimTask';
import { delegateTask } from '../workflow/tasks/handOver';
import { listMembers, listRoles, membersPageSize, roleNames } from './members';

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
    const { members, next } = await listMembers({ tenant: 'acme' });
    expect(next).toBeNull();
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
    const last = (await listMembers({ tenant: 'acme' })).members.at(-1);
    expect(last).toMatchObject({ userId: 'alice', isActive: false });
    expect(last?.onlyTheirs).toMatchObject([{ taskId: theirs.taskId, title: 'For Alice alone' }]);
  });
});

describe('a tenant with many members', () => {
  const count = 2 * membersPageSize + 50;
  /** Ids of all members that match, page by page. */
  const pagesOf = async (words: string | null = null) => {
    const pages: string[][] = [];
    for (let after: string | null = null; ;) {
      const { members, next } = await listMembers({ tenant: 'initech', words, after });
      pages.push(members.map(({ userId }) => userId));
      if (next === null) return pages;
      after = next;
    }
  };

  beforeAll(async () => {
    const { sql } = fixture;
    await sql`INSERT INTO tenants (tenant_id, name) VALUES ('initech', 'Initech')`;
    // Three share each name, and the last fifty are gone.
    await sql`
      INSERT INTO users (user_id, email, name, tenant_id, deactivated_at)
      SELECT 'i' || n, 'i' || n || '@initech.test', 'Person ' || n / 3, 'initech', CASE WHEN n > ${count - 50} THEN now() END
      FROM generate_series(1, ${count}::int) n`;
  });

  it('shows each once, page by page, those who are gone last', async () => {
    const pages = await pagesOf();
    expect(pages.map(({ length }) => length)).toEqual([membersPageSize, membersPageSize, 50]);
    const ids = pages.flat();
    expect(new Set(ids).size).toBe(count);
    expect(ids.slice(-50).every((userId) => Number(userId.slice(1)) > count - 50)).toBe(true);
  });

  it('finds them by parts of name and address, and signs of patterns are signs', async () => {
    expect((await pagesOf('person 7 I22@')).flat()).toEqual(['i22']);
    expect((await pagesOf('PERSON initech')).flat()).toHaveLength(count);
    expect((await pagesOf('%')).flat()).toEqual([]);
    expect((await pagesOf('person_')).flat()).toEqual([]);
    expect((await pagesOf('a\u0000b')).flat()).toEqual([]);
  });

  it('begins anew for a place that no page gave', async () => {
    const [first] = await pagesOf();
    const odd = Buffer.from(JSON.stringify([false, 'a\u0000', 'b'])).toString('base64url');
    for (const after of ['nonsense', 'W10', odd]) {
      const { members } = await listMembers({ tenant: 'initech', after });
      expect(members.map(({ userId }) => userId)).toEqual(first);
    }
  });

  it('is read by the index of its order', async () => {
    const { sql } = fixture;
    await sql`ANALYZE users`;
    const plan = await sql.begin(async (tx) => {
      await tx`SET LOCAL enable_seqscan = off`;
      await tx`SET LOCAL enable_bitmapscan = off`;
      await tx`SET LOCAL enable_sort = off`;
      return tx`
        EXPLAIN SELECT * FROM users WHERE tenant_id = 'initech'
          AND ((deactivated_at IS NOT NULL), name, user_id) > (false, 'Person 20', 'i1')
        ORDER BY (deactivated_at IS NOT NULL), name, user_id LIMIT 101`;
    });
    const text = plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    expect(text).toContain('users_listed');
    expect(text).not.toContain('Sort');
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
