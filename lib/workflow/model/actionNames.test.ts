import { describe, expect, it } from 'vitest';
import { actionKey, canonicalActionName } from './actionNames';

describe('names of actions', () => {
  it.each(['SendInvoiceEmail', 'sendInvoiceEmail', 'send_invoice_email', 'send-invoice-email', 'Send_InvoiceEmail'])(
    'are one action: %s',
    (name) => {
      expect(actionKey(name)).toBe('sendinvoiceemail');
      expect(canonicalActionName(name)).toBe('sendInvoiceEmail');
    },
  );

  it('are shown as they were written where only letters differ, and found all the same', () => {
    expect(canonicalActionName('sendEMail')).toBe('sendEMail');
    expect(actionKey('sendEMail')).toBe(actionKey('send_email'));
  });
});
