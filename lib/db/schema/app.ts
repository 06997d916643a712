/** Tenants, people and the invoices of the shipped example process. */
import { bigint, index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core';
import { instant } from './columns';

export const tenants = pgTable('tenants', {
  tenantId: text('tenant_id').primaryKey(),
  name: text('name').notNull(),
  createdAt: instant('created_at').notNull().defaultNow(),
});

export const users = pgTable('users', {
  userId: text('user_id').primaryKey(),
  email: text('email').notNull().unique(),
  name: text('name').notNull(),
  /** null: a platform operator, who belongs to no tenant. */
  tenantId: text('tenant_id').references(() => tenants.tenantId),
  passwordHash: text('password_hash'),
  createdAt: instant('created_at').notNull().defaultNow(),
});

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
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (t) => [
    unique('invoices_number').on(t.tenantId, t.number),
    index('invoices_recent').on(t.tenantId, t.createdAt.desc()),
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
  },
  (t) => [primaryKey({ columns: [t.invoiceId, t.position] })],
);
