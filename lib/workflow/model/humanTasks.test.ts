import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineHumanTask, type ContextDataOf } from './humanTasks';
import type { Decision, WorkflowTasks } from './tasks';

const form = {
  jsonSchema: {
    type: 'object',
    properties: {
      summary: {
        type: 'string',
        default: '${contextData.customer.name} owes ${ contextData.amount }, $${contextData.no}',
      },
      lines: { type: 'array', items: { title: 'Line $<contextData.lines[0].text>' } },
    },
    'x-outcomes': [{ value: 'approve', title: 'Approve' }, { value: 'reject' }],
  },
  uiSchema: { comment: { 'ui:help': 'For ${contextData.requester}' } },
} as const;

describe('defineHumanTask', () => {
  const review = defineHumanTask({ taskType: 'review', form });
  const tasks = { ask: async () => ({}) } as unknown as WorkflowTasks;

  it('reads the outcomes and the context data from the form', () => {
    expect(review.taskType).toBe('review');
    type Types = NonNullable<typeof review.types>;
    expectTypeOf<Types['outcome']>().toEqualTypeOf<'approve' | 'reject'>();
    expectTypeOf<keyof Types['context']>().toEqualTypeOf<'customer' | 'amount' | 'lines' | 'requester'>();
  });

  it('makes asking without a key that the templates use an error of the compiler', () => {
    const contextData = { customer: { name: 'Kiosk' }, amount: 7, lines: [], requester: 'Alice' };
    expectTypeOf(tasks.ask(review, { contextData })).resolves.toEqualTypeOf<Decision<'approve' | 'reject'>>();
    // @ts-expect-error requester is missing
    void tasks.ask(review, { contextData: { customer: { name: 'Kiosk' }, amount: 7, lines: [] } });
    // @ts-expect-error all of it is missing
    void tasks.ask(review);
  });

  it('says what a call needs that names the type alone', () => {
    type Needs = ContextDataOf<typeof review>;
    const all = { customer: {}, amount: 7, lines: [], requester: 'Alice', more: true } satisfies Needs;
    // @ts-expect-error requester is missing
    const some = { customer: {}, amount: 7, lines: [] } satisfies Needs;
    expect([all, some]).toHaveLength(2);
  });

  it('takes the types of the context data from a schema that has all keys', () => {
    const context = z.object({
      customer: z.object({ name: z.string() }),
      amount: z.number(),
      lines: z.array(z.string()),
      requester: z.string(),
    });
    const typed = defineHumanTask({ taskType: 'review', form, context });
    expectTypeOf<NonNullable<typeof typed.types>['context']>().toEqualTypeOf<z.input<typeof context>>();
    const contextData = { customer: { name: 'Kiosk' }, lines: [], requester: 'Alice' };
    // @ts-expect-error an amount is a number
    void tasks.ask(typed, { contextData: { ...contextData, amount: 'seven' } });
  });

  it('refuses at compile time a schema that lacks a key', () => {
    const context = z.object({
      customer: z.object({ name: z.string() }),
      amount: z.number(),
      lines: z.array(z.string()),
    });
    // @ts-expect-error requester is missing
    defineHumanTask({ taskType: 'review', form, context });
  });

  it('refuses at compile time a schema by which a workflow may leave a key out', () => {
    const all = { customer: z.object({ name: z.string() }), amount: z.number(), lines: z.array(z.string()) };
    const context = z.object({ ...all, requester: z.string().optional() });
    // @ts-expect-error requester may be missing
    defineHumanTask({ taskType: 'review', form, context });
    const any = z.record(z.string(), z.unknown());
    // @ts-expect-error all of it may be missing
    defineHumanTask({ taskType: 'review', form, context: any });
    const more = z.looseObject({ ...all, requester: z.string() });
    expect(defineHumanTask({ taskType: 'review', form, context: more }).taskType).toBe('review');
  });

  it('asks for nothing, and has no outcome, where the form has neither templates nor buttons', () => {
    const plain = defineHumanTask({ taskType: 'plain', form: { jsonSchema: { type: 'object' } } });
    expectTypeOf<NonNullable<typeof plain.types>['outcome']>().toEqualTypeOf<null>();
    expectTypeOf(tasks.ask(plain)).resolves.toEqualTypeOf<Decision<null>>();
  });

  it('narrows a decision by its status', () => {
    const read = (decision: Decision<'approve' | 'reject'>) => {
      if (decision.status !== 'completed') return expectTypeOf(decision.outcome).toEqualTypeOf<null>();
      return expectTypeOf(decision.outcome).toEqualTypeOf<'approve' | 'reject'>();
    };
    expect(read).toBeTypeOf('function');
  });
});
