/** At each place where workflow code and actions pass something on: nothing is changed without a word. */
import { describe, expect, it } from 'vitest';
import { assertFits } from '../model/storable';
import type { WorkflowContext } from '../model/workflow';
import { testWorkflow } from '../testing';

class Money {
  constructor(readonly cents: number) {}
}
const circle: Record<string, unknown> = {};
circle.circle = circle;

const values: readonly (readonly [string, () => unknown, string])[] = [
  ['NaN', () => Number.NaN, 'is NaN'],
  ['Infinity', () => -Infinity, 'is -Infinity'],
  ['undefined in a list', () => [undefined], '[0] is undefined'],
  ['a BigInt', () => 1n, 'is a BigInt'],
  ['a function', () => () => 1, 'is a function'],
  ['a symbol', () => Symbol('s'), 'is a symbol'],
  ['a Map', () => new Map(), 'is a Map'],
  ['a Set', () => new Set(), 'is a Set'],
  ['an invalid date', () => new Date(Number.NaN), 'is an invalid date'],
  ['an instance', () => new Money(1), 'is an instance of Money'],
  ['a circle', () => circle, 'is part of itself'],
  ['the character NUL', () => 'a\u0000b', 'the character NUL'],
];

/** What stands at `path` of what is given is refused by the call, which the code sees. */
const places: readonly (readonly [string, string, (context: WorkflowContext, bad: unknown) => unknown])[] = [
  ['data.set', 'value.items', ({ data }, bad) => data.set('key', { items: bad })],
  ['parameters of an action', 'parameters.items', ({ actions }, bad) => actions.ok?.({ items: bad })],
  ['the payload of an event', 'payload.items', ({ events }, bad) => events.emit('PAID', { items: bad })],
  [
    'the payload of an event to an execution',
    'payload.items',
    ({ events, executionId }, bad) => events.emit('PAID', { items: bad }, { to: { executionId } }),
  ],
  [
    'the context of a task',
    'contextData.items',
    ({ actions }, bad) => actions.createHumanTask?.({ taskType: 'review', contextData: { items: bad as string } }),
  ],
  [
    'the context of a question',
    'contextData.items',
    ({ tasks }, bad) => tasks.ask('review', { contextData: { items: bad as string } }),
  ],
  [
    'the data of a child',
    'data.items',
    ({ children }, bad) => children.run('Child', { data: { items: bad as string } }),
  ],
  ['continueAsNew', 'data.items', ({ continueAsNew }, bad) => continueAsNew({ items: bad as string })],
];

describe.each(places)('%s', (_, path, call) => {
  it.each(values)('refuses %s at the call, with its place', async (_name, make, says) => {
    const run = await testWorkflow(
      async function passing(context: WorkflowContext) {
        try {
          return await call(context, make());
        } catch (error) {
          const { code, message } = error as Error & { code?: string };
          return [code, message];
        }
      },
      { actions: { ok: () => 1 } },
    );
    expect(run).toMatchObject({ status: 'completed', error: null });
    const [code, message] = run.result as [string, string];
    expect(code).toBe('unstorable_value');
    // A circle shows itself one level deeper.
    expect(message).toContain(` cannot be stored: ${path}`);
    expect(message).toContain(says);
  });
});

describe('results', () => {
  it.each(values)('of actions fail them for %s, and are not tried again', async (_, make, says) => {
    const run = await testWorkflow(async ({ actions }: WorkflowContext) => actions.gives?.({}), {
      name: 'Giving',
      actions: { gives: () => ({ items: make() }) },
    });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'action_result_invalid' } });
    expect(run.error?.message).toContain('cannot be stored: result.items');
    expect(run.error?.message).toContain(says);
    expect(run.actionCalls).toMatchObject([{ attempts: 1 }]);
  });

  it.each(values)('of workflows fail them for %s', async (_, make, says) => {
    const run = await testWorkflow(async () => ({ items: make() }), { name: 'Giving' });
    expect(run).toMatchObject({ status: 'failed', error: { code: 'unstorable_value' } });
    expect(run.error?.message).toContain('cannot be stored: result.items');
    expect(run.error?.message).toContain(says);
  });
});

describe('what is sent from outside', () => {
  it.each(values)('is refused for %s', (_, make, says) => {
    expect(() => assertFits({ payload: { items: make() } }, 'Event "PAID"', 1_000)).toThrow(
      expect.objectContaining({ code: 'unstorable_value', message: expect.stringContaining(says) as string }),
    );
  });
});

describe('what is held', () => {
  const given = {
    at: new Date(Date.UTC(2026, 0, 5)),
    left: undefined,
    nothing: null,
    zero: -0,
    list: [1, 'two', { three: true }],
  };
  const held = { at: '2026-01-05T00:00:00.000Z', nothing: null, zero: 0, list: [1, 'two', { three: true }] };

  it('comes back the same at every place, at once and from the log', async () => {
    let seen: unknown;
    const run = await testWorkflow(
      async ({ actions, data }: WorkflowContext) => {
        data.set('key', given);
        const result: unknown = await actions.echo?.(given);
        return { data: data.get<unknown>('key'), result, given };
      },
      {
        name: 'Echoing',
        actions: {
          echo: (params: unknown) => {
            seen = params;
            return given;
          },
        },
      },
    );
    expect(run.result).toEqual({ data: held, result: held, given: held });
    expect(seen).toEqual(held);
    expect(run.data).toEqual({ key: held });
  });
});
