import { describe, expect, it } from 'vitest';
import { assertNoTaskEnd, assertStorable, taskNamedBy } from './storable';

const taskId = '019ab000-0000-7000-8000-00000000c41e';

describe('what the database cannot give back', () => {
  it.each([['a\u0000b'], [{ deep: ['\ud800'] }], [{ '\udc00': 1 }], [10n], ['half of it: \ud83d']])(
    'is refused with the place that passed it',
    (value) => {
      expect(() => assertStorable(value, 'The payload of X')).toThrow(
        expect.objectContaining({
          code: 'invalid_input',
          message: expect.stringContaining('The payload of X') as string,
        }),
      );
    },
  );

  it.each([['plain'], ['\\u0000 as text'], [{ emoji: '\u{1f600}' }], [null], [undefined]])(
    'lets through %j',
    (value) => {
      expect(() => assertStorable(value, 'x')).not.toThrow();
    },
  );
});

describe('names of task ends', () => {
  it('are refused to senders', () => {
    expect(() => assertNoTaskEnd(`Task:${taskId}:Complete`)).toThrow(
      expect.objectContaining({ code: 'reserved_event_name', httpStatus: 422 }),
    );
    for (const name of ['Approve', 'Task:Complete', `Task:${taskId}:Completed`, `X_${taskId}`]) assertNoTaskEnd(name);
  });

  it('are known by the id that they end in', () => {
    expect(taskNamedBy(`RESOLVED_${taskId.toUpperCase()}`)).toBe(taskId);
    expect(taskNamedBy('RESOLVED_42')).toBeNull();
  });
});
