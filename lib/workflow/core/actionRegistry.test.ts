import { describe, expect, expectTypeOf, it } from 'vitest';
import { createActionRegistry, getActionRegistry, TransactionIsolationLevel } from './actionRegistry';

describe('an action registry', () => {
  it('finds an action under each spelling of its name', () => {
    const registry = createActionRegistry();
    registry.registerSimpleAction('SendInvoiceEmail', 'Mails', [], () => null);
    for (const name of ['SendInvoiceEmail', 'sendInvoiceEmail', 'send_invoice_email', 'send-invoice-email']) {
      expect(registry.getAction(name)?.name).toBe('SendInvoiceEmail');
    }
    expect(registry.getAction('SendInvoice')).toBeUndefined();
  });

  it('refuses a name that is taken in another spelling, naming both', () => {
    const registry = createActionRegistry();
    registry.registerSimpleAction('SendInvoiceEmail', '', [], () => null);
    expect(() => registry.registerSimpleAction('send_invoice_email', '', [], () => null)).toThrow(
      /"send_invoice_email" cannot be registered: "SendInvoiceEmail"/,
    );
  });

  it.each(['', 'with space', '1st', 'a.b', 'x'.repeat(101)])('refuses the name "%s"', (name) => {
    expect(() => createActionRegistry().registerSimpleAction(name, '', [], () => null)).toThrow(
      'no name for an action',
    );
  });

  it.each(['create_human_task', 'toJSON'])('keeps the name %s, which means something else already', (name) => {
    const register = () => createActionRegistry().registerSimpleAction(name, '', [], () => null);
    expect(register).toThrow('reserved');
  });

  it('lets a built-in action be replaced only on request', () => {
    const registry = createActionRegistry();
    const replace = (options?: { replaceBuiltIn: boolean }) =>
      registry.registerSimpleAction('SendNotification', 'By mail', [], () => null, options);
    expect(() => replace()).toThrow('replaceBuiltIn');
    replace({ replaceBuiltIn: true });
    expect(registry.getAction('sendNotification')?.description).toBe('By mail');
    expect(() => replace({ replaceBuiltIn: true })).toThrow('Choose another name');
  });

  it('refuses definitions that contradict themselves', () => {
    const registry = createActionRegistry();
    const twice = [
      { name: 'a', type: 'string' },
      { name: 'a', type: 'number' },
    ] as const;
    expect(() => registry.registerSimpleAction('x', '', twice, () => null)).toThrow('"a" twice');
    const wrong = [{ name: 'a', type: 'number', defaultValue: 'one' }] as const;
    expect(() => registry.registerSimpleAction('x', '', wrong, () => null)).toThrow('not of type number');
    expect(() => registry.registerSimpleAction('x', '', [], () => null, { retry: { attempts: 0 } })).toThrow(
      'attempts',
    );
  });

  it('is one for the whole process', () => {
    expect(getActionRegistry()).toBe(getActionRegistry());
    expect(createActionRegistry()).not.toBe(getActionRegistry());
  });

  it('gives handlers the types of their parameters', () => {
    createActionRegistry().registerDatabaseAction(
      'typed',
      '',
      [
        { name: 'id', type: 'string', required: true },
        { name: 'copies', type: 'number', defaultValue: 1 },
        { name: 'note', type: 'string', required: false },
      ],
      TransactionIsolationLevel.SERIALIZABLE,
      (params, context) => {
        expectTypeOf(params).toEqualTypeOf<{ id: string; copies: number; note?: string }>();
        const updated = async () => await context.transaction('invoices').where('id', params.id).update({ a: 1 });
        expectTypeOf(updated).returns.resolves.toEqualTypeOf<number>();
        return updated;
      },
    );
    createActionRegistry().registerSimpleAction('untyped', '', [], (params) => params.whatever as unknown);
  });
});
