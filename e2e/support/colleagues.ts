// People beside those of the demo, where a journey needs two of a kind or somebody with an empty inbox.
import { randomBytes } from 'node:crypto';
import { hashPassword } from '../../lib/auth/password';
import type { Database } from './database';

export interface Colleague {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

const password = 'a long password of a colleague';
let passwordHash: Promise<string> | undefined;

/** Returns a function that adds a person. A tenant that does not exist yet is founded. */
export function makeColleagues({ sql }: Database) {
  return async ({
    name,
    tenant,
    roles,
  }: {
    readonly name: string;
    readonly tenant: string;
    readonly roles: readonly string[];
  }): Promise<Colleague> => {
    passwordHash ??= hashPassword(password);
    const hash = await passwordHash;
    const userId = `journey-${randomBytes(4).toString('hex')}`;
    const email = `${userId}@${tenant}.test`;
    await sql.begin(async (tx) => {
      await tx`INSERT INTO tenants (tenant_id, name) VALUES (${tenant}, ${tenant}) ON CONFLICT (tenant_id) DO NOTHING`;
      await tx`
        INSERT INTO users (user_id, email, name, tenant_id, password_hash)
        VALUES (${userId}, ${email}, ${name}, ${tenant}, ${hash})`;
      await tx`INSERT INTO user_roles (user_id, role) SELECT ${userId}, unnest(${[...roles]}::text[])`;
    });
    return { name, email, password };
  };
}
