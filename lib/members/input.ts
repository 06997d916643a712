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

/** What somebody sends who changes their own password. */
export const changePasswordSchema = z.object({
  oldPassword: z
    .string({ error: 'Enter the password that you have now.' })
    .min(1, 'Enter the password that you have now.')
    .max(1000, 'This password is too long.'),
  newPassword: z
    .string({ error: 'Enter a new password.' })
    .min(12, 'Use 12 characters or more.')
    .max(1000, 'Use 1,000 characters at most.'),
});

export const roleSchema = z.object({ role });
export const namedRoleSchema = roleSchema.extend({ name });
export const newRoleSchema = z.object({
  name,
  role: z.string({ error: 'Enter a key.' }).trim(),
});
