import { describe, expect, it } from 'vitest';
import type { JsonValue } from '@shared/workflow/model/json';
import type { LogEntry } from '@/lib/queries/execution';
import { entryDetail, entryLook, shortName } from './history-looks';

const sources = {
  taskTitle: (taskId: string) => (taskId === 't1' ? 'Approve invoice' : null),
  person: (userId: string) => (userId === 'mia' ? 'Mia Rossi' : 'somebody'),
};
const detail = (kind: string, payload: JsonValue, name: string | null = null) =>
  entryDetail(
    { seq: 1, at: '', kind, name, commandId: 'sleep#1', payload, isLarge: false } satisfies LogEntry,
    sources,
  );

describe('an entry in one line', () => {
  it('names what started an execution', () => {
    expect(detail('execution_started', { trigger: { type: 'INVOICE_SUBMITTED' } })).toBe('by INVOICE_SUBMITTED');
    expect(detail('execution_started', {})).toBe('by a direct start');
  });

  it('names task, outcome and person', () => {
    expect(detail('task_ended', { taskId: 't1', status: 'completed', outcome: 'approve', by: 'mia' })).toBe(
      'Approve invoice, approve by Mia Rossi',
    );
    expect(detail('task_ended', { taskId: 't1', status: 'expired', outcome: null, by: null })).toBe(
      'Approve invoice, expired',
    );
    expect(detail('task_created', { title: 'Approve invoice', candidateRoles: ['manager'] })).toBe(
      'Approve invoice, for manager',
    );
  });

  it('shows data, state, messages and errors', () => {
    expect(detail('data_set', { key: 'amount', value: 5 })).toBe('amount = 5');
    expect(detail('state_changed', { state: 'checking' })).toBe('checking');
    expect(detail('log_written', { level: 'info', message: 'Checked' })).toBe('Checked');
    expect(detail('execution_failed', { error: { name: 'Error', message: 'closed' } })).toBe('closed');
    expect(detail('sleep_started', {})).toBe('sleep#1');
  });

  it('shortens ids within names', () => {
    expect(shortName('Task:019ab2c4-1111-7000-8000-00000000c41e:Complete')).toBe('Task:019a…c41e:Complete');
    expect(shortName('PAYMENT_RECEIVED')).toBe('PAYMENT_RECEIVED');
  });
});

describe('entryLook', () => {
  it('shows a kind it does not know by its own name', () => {
    expect(entryLook('rate_limited')).toMatchObject({ word: 'rate limited', tone: 'quiet' });
    expect(entryLook('constructor').word).toBe('constructor');
  });
});
