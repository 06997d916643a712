/**
 * The name under which an action is found: `SendInvoiceEmail`, `sendInvoiceEmail` and `send_invoice_email` are one.
 * Whether two registrations collide is decided by this form too.
 */
export function actionKey(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}

/** Names an action may have: they are written as `actions.<name>` in workflow code. */
export const actionNamePattern = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;
