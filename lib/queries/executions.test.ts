import { describe, expect, it } from 'vitest';
import { errorMessageOf, parseExecutionFilter } from './executions';

describe('parseExecutionFilter', () => {
  it('reads statuses, the kind of wait and the workflow', () => {
    expect(parseExecutionFilter({ status: 'failed,running', waiting: 'person', workflow: 'InvoiceReview' })).toEqual({
      statuses: ['running', 'failed'],
      waitingFor: 'person',
      workflow: 'InvoiceReview',
      isStuck: false,
    });
  });

  it('leaves out what it does not know', () => {
    expect(parseExecutionFilter({ status: 'broken', waiting: 'godot', workflow: '' })).toEqual({
      statuses: [],
      waitingFor: null,
      workflow: null,
      isStuck: false,
    });
    expect(parseExecutionFilter({ stuck: 'true' }).isStuck).toBe(true);
  });
});

describe('errorMessageOf', () => {
  it('takes the message of a recorded error and nothing else', () => {
    expect(errorMessageOf({ name: 'Error', message: 'closed' })).toBe('closed');
    expect(errorMessageOf({ message: 5 })).toBeNull();
    expect(errorMessageOf(null)).toBeNull();
    expect(errorMessageOf('closed')).toBeNull();
  });
});
