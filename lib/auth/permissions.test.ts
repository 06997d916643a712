import { describe, expect, it } from 'vitest';
import { type Act, can, permissions } from './permissions';
import type { Session } from './session';

const person = ({
  tenant = 'acme',
  roles,
}: {
  readonly tenant?: string | null;
  readonly roles: readonly string[];
}): Session => ({
  userId: 'u',
  email: 'u@acme.test',
  name: 'U',
  tenant,
  roles,
});

const people = {
  nobody: null,
  stranger: person({ roles: [] }),
  finance: person({ roles: ['finance'] }),
  requester: person({ roles: ['requester'] }),
  manager: person({ roles: ['manager'] }),
  viewer: person({ roles: ['viewer'] }),
  operator: person({ roles: ['operator'] }),
  administrator: person({ roles: ['administrator'] }),
  platform: person({ tenant: null, roles: ['platform_operator'] }),
} as const;
type Who = keyof typeof people;

const signedIn: readonly Who[] = [
  'stranger',
  'finance',
  'requester',
  'manager',
  'viewer',
  'operator',
  'administrator',
  'platform',
];
const members = signedIn.filter((who) => who !== 'platform');
const everybody = Object.keys(people) as Who[];

/** The table written out a second time, person by person: a slip in either is found. */
const expected: Record<Act, readonly Who[]> = {
  'session.start': everybody,
  'session.end': everybody,
  'api.describe': everybody,
  'live.read': signedIn,
  'invoice.create': ['requester', 'manager', 'administrator'],
  'invoice.read': members,
  'invoice.book': ['manager', 'administrator'],
  'task.read': members,
  'task.decide': members,
  'task.readAll': ['viewer', 'operator', 'administrator'],
  'task.assign': ['administrator'],
  'execution.read': ['viewer', 'operator', 'administrator'],
  'execution.operate': ['operator', 'administrator'],
  'event.submit': ['operator', 'administrator'],
  'deadLetter.redrive': ['operator', 'administrator'],
  'attachment.read': ['viewer', 'operator', 'administrator'],
  'attachment.manage': ['administrator'],
  'definition.read': ['viewer', 'operator', 'administrator', 'platform'],
  'definition.manage': ['administrator'],
  'member.read': ['viewer', 'operator', 'administrator'],
  'member.manage': ['administrator'],
  'settings.change': members,
  'platform.read': ['platform'],
  'platform.define': ['platform'],
};

describe('permissions', () => {
  const cells = (Object.keys(permissions) as Act[]).flatMap((act) => everybody.map((who) => ({ act, who })));

  it.each(cells)('decides $act for $who', ({ act, who }) => {
    expect(can(people[who], act)).toBe(expected[act].includes(who));
  });

  it('gives a platform role nothing inside a tenant', () => {
    expect(can(person({ roles: ['platform_operator'] }), 'platform.read')).toBe(false);
  });

  it('gives tenant roles nothing without a tenant', () => {
    const roles = ['administrator', 'manager', 'requester', 'platform_operator'];
    const acts = (Object.keys(permissions) as Act[]).filter((act) => can(person({ tenant: null, roles }), act));
    expect(acts).toEqual([
      ...['session.start', 'session.end', 'api.describe', 'live.read', 'definition.read'],
      ...['platform.read', 'platform.define'],
    ]);
  });
});
