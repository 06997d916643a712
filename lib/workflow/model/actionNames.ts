/**
 * Names of actions: `SendInvoiceEmail`, `sendInvoiceEmail` and `send_invoice_email` are one action.
 *
 * There are two forms. `actionKey` decides which names are the same, whatever their letters: by it actions are found,
 * and registrations collide. `canonicalActionName` is what people read, and what command ids in the log begin with; a
 * history names it, so it stays as it is.
 */

/** `sendinvoiceemail` */
export function actionKey(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase();
}

/** `sendInvoiceEmail` */
export function canonicalActionName(name: string): string {
  const joined = name.replace(/[_-]+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return joined.charAt(0).toLowerCase() + joined.slice(1);
}

/** Names an action may have: they are written as `actions.<name>` in workflow code. */
export const actionNamePattern = /^[A-Za-z][A-Za-z0-9_-]{0,99}$/;
