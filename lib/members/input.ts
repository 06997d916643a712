/** What a browser may send about members and roles. */
import { z } from 'zod';
import { isStorable, notStorable } from '../actions/storable';

const text = (what: string, most: number) =>
  z
    .string({ error: `Enter ${what}.` })
    .trim()
    .min(1, `Enter ${what}.`)
    .max(most, `Use ${most} characters at most.`)
    .refine(isStorable, notStorable);

const name = text('a name', 100);
const role = z.string({ error: 'Choose a role.' }).max(40);
const roles = z.array(role).max(50);

export const addMemberSchema = z.object({
  name,
  email: z
    .string({ error: 'Enter an e-mail address.' })
    .trim()
    .max(254, 'An address has 254 characters at most.')
    .pipe(z.email('Enter an address such as mia@acme.test.')),
  roles,
});

/** Which member, as the page showed them. */
export const memberSchema = z.object({
  userId: z.string().min(1).max(100).refine(isStorable),
  version: z.int().min(1),
});

/** A deactivated one: how they are otherwise does not matter. */
export const heldMemberSchema = memberSchema.pick({ userId: true });

export const changeMemberSchema = memberSchema.extend({ name, roles });

export const roleSchema = z.object({ role });
export const namedRoleSchema = roleSchema.extend({ name });
export const newRoleSchema = z.object({
  name,
  role: z.string({ error: 'Enter a key.' }).trim(),
});
