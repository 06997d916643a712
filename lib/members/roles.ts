/**
 * The roles that people can have. A role is stored and asked for by one key, in `user_roles`, in tasks and in workflow
 * code; what it is called can change and is for reading only.
 */

/** Console permissions, lowest first: each includes those before it. */
export const consoleRoles = ['viewer', 'operator', 'administrator'] as const;
export type ConsoleRole = (typeof consoleRoles)[number];

/** Work roles that every tenant has. */
export const sharedWorkRoles = ['requester', 'manager'] as const;

/** What is told of each role that every tenant has. */
export const roleWords: Readonly<Record<ConsoleRole | (typeof sharedWorkRoles)[number], string>> = {
  viewer: 'Sees executions, tasks and members in the console',
  operator: 'Besides, pauses, retries and ends executions',
  administrator: 'Besides, manages members, roles and attachments',
  requester: 'Submits invoices',
  manager: 'Decides what is asked of managers',
};

const reserved: ReadonlySet<string> = new Set([...consoleRoles, 'platform_operator']);

export const isConsoleRole = (role: string): role is ConsoleRole => (consoleRoles as readonly string[]).includes(role);

/** What a work role may be called as a key: it is written in workflow code. */
export const roleKeyPattern = /^[a-z][a-z0-9_-]{0,39}$/;

/** Whether a tenant may have a work role of its own with this key. */
export const isFreeRoleKey = (role: string): boolean => roleKeyPattern.test(role) && !reserved.has(role);

/** A role as it is read: its own name, else its key with a capital letter. */
export function roleNameOf(role: string, name: string | null | undefined): string {
  if (name) return name;
  const words = role.replaceAll(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
