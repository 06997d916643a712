/** Tenants, people and the invoices of the shipped example process. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { instant } from './columns';

export const tenants = pgTable('tenants', {
  tenantId: text('tenant_id').primaryKey(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
});

export const users = pgTable(
  'users',
  {
    userId: text('user_id').primaryKey(),
    email: text('email').notNull().unique(),
    name: text('name').notNull(),
    /** null: a platform operator, who belongs to no tenant. */
    tenantId: text('tenant_id').references(() => tenants.tenantId),
    passwordHash: text('password_hash'),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Somebody who may no longer sign in: what they did stays theirs. */
    deactivatedAt: instant('deactivated_at'),
    /** Sessions of an earlier number have ended. */
    sessionEpoch: integer('session_epoch').notNull().default(0),
    /** Counts changes of name, roles and standing; a change made from an older version is refused. */
    version: integer('version').notNull().default(1),
    changedBy: text('changed_by'),
    /** In which their mails tell times, as IANA names it; null: UTC. */
    timeZone: text('time_zone'),
  },
  (t) => [
    index('users_tenant').on(t.tenantId, t.name),
    index('users_listed').on(t.tenantId, sql`(${t.deactivatedAt} IS NOT NULL)`, t.name, t.userId),
  ],
);

/**
 * What the tenant calls its work roles. `role` is the key that people and tasks carry and never changes; a role without
 * a row is called by its key.
 */
export const workRoles = pgTable(
  'work_roles',
  {
    tenantId: text('tenant_id')
      .notNull()
      .references(() => tenants.tenantId),
    role: text('role').notNull(),
    name: text('name').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.role] }), unique('work_roles_name').on(t.tenantId, t.name)],
);

/** Which mails a person wants; all of them unless a row says otherwise. */
export const mailPreferences = pgTable(
  'mail_preferences',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.userId),
    kind: text('kind').notNull(),
    isOn: boolean('is_on').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.kind] })],
);

/** Work roles (requester, manager...) and console permissions (viewer, operator, administrator) of a person. */
export const userRoles = pgTable(
  'user_roles',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.userId),
    role: text('role').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.role] })],
);

export const apiTokens = pgTable(
  'api_tokens',
  {
    /** SHA-256 of the token, hex. The token itself is never stored. */
    tokenHash: text('token_hash').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.userId),
    createdAt: instant('created_at').notNull().defaultNow(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  (t) => [index('api_tokens_user').on(t.userId)],
);

export const invoices = pgTable(
  'invoices',
  {
    id: text('id').primaryKey(),
    tenantId: text('tenant_id').notNull(),
    /** Counts per tenant; shown as INV-0001. */
    number: integer('number').notNull(),
    customer: text('customer').notNull(),
    amountCents: bigint('amount_cents', { mode: 'number' }).notNull(),
    currency: text('currency').notNull().default('EUR'),
    note: text('note'),
    status: text('status').$type<'submitted' | 'approved' | 'rejected'>().notNull(),
    decisionComment: text('decision_comment'),
    decidedBy: text('decided_by'),
    /** When somebody asked for it to be booked; a second request does nothing. */
    bookingRequestedAt: instant('booking_requested_at'),
    /** When each of its lines had its item in accounting. */
    bookedAt: instant('booked_at'),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    unique('invoices_number').on(t.tenantId, t.number),
    index('invoices_recent').on(t.tenantId, t.createdAt.desc()),
    index('invoices_to_book')
      .on(t.tenantId, t.createdAt)
      .where(sql`${t.status} = 'approved' AND ${t.bookingRequestedAt} IS NULL`),
  ],
);

export const invoiceLines = pgTable(
  'invoice_lines',
  {
    tenantId: text('tenant_id').notNull(),
    invoiceId: text('invoice_id')
      .notNull()
      .references(() => invoices.id),
    position: integer('position').notNull(),
    description: text('description').notNull(),
    quantity: integer('quantity').notNull(),
    unitCents: bigint('unit_cents', { mode: 'number' }).notNull(),
    /** The item of QuickBooks that it is booked on; null: not booked, or left out. */
    quickbooksItem: text('quickbooks_item'),
  },
  (t) => [primaryKey({ columns: [t.invoiceId, t.position] })],
);

/** Which item of QuickBooks a product of the invoices is booked on. */
export const productMappings = pgTable(
  'product_mappings',
  {
    tenantId: text('tenant_id')
      .notNull()
      .references(() => tenants.tenantId),
    /** The product's name in small letters, without spaces around and with one between words. */
    productId: text('product_id').notNull(),
    quickbooksItem: text('quickbooks_item').notNull(),
    addedBy: text('added_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.tenantId, t.productId] })],
);
