import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkflowContext } from '../../model/workflow';
import { createHarness, until, type Harness } from '../../testing/harness';

let harness: Harness;

beforeAll(async () => {
  harness = await createHarness();
});
afterAll(() => harness.close());

const resultOf = async (executionId: string) =>
  (await harness.sql`SELECT result FROM workflow_executions WHERE execution_id = ${executionId}`)[0]?.result as unknown;

describe('executeActions inside a workflow', () => {
  it('goes on with the next wave at another worker when one dies between two', async () => {
    const begun: string[] = [];
    let isStuck = false;
    for (const name of ['reserve', 'charge', 'ship']) {
      harness.actions.registerSimpleAction(name, '', [], async () => {
        begun.push(name);
        if (name === 'ship' && !isStuck) {
          isStuck = true;
          await new Promise(() => undefined);
        }
        return name;
      });
    }
    const shoppingWorkflow = ({ executeActions }: WorkflowContext) =>
      executeActions([
        { actionName: 'reserve' },
        { actionName: 'charge' },
        { syncPoint: 'paid', dependsOn: ['reserve', 'charge'] },
        { actionName: 'ship', dependsOn: ['paid'] },
      ]);
    harness.runtime.registerWorkflow(shoppingWorkflow);
    const first = await harness.startWorker();
    const executionId = await harness.runtime.startWorkflow('Shopping', { tenant: 'acme' });
    await until(() => isStuck, 'the last wave begins');
    await harness.startWorker({ replaces: first.workerId });
    await harness.untilStatus(executionId, 'completed');
    // Until it knows, it may run actions of other executions too.
    await until(() => first.fenced(), 'the first worker finds itself fenced');
    expect(await resultOf(executionId)).toEqual([
      { id: 'reserve', actionName: 'reserve', success: true, result: 'reserve' },
      { id: 'charge', actionName: 'charge', success: true, result: 'charge' },
      { id: 'ship', actionName: 'ship', success: true, result: 'ship' },
    ]);
    expect([...begun].sort()).toEqual(['charge', 'reserve', 'ship', 'ship']);
    const points = await harness.sql`
      SELECT sync_point_id, status, waits_for FROM workflow_sync_points WHERE execution_id = ${executionId}`;
    expect(points).toEqual([{ sync_point_id: 'paid', status: 'reached', waits_for: ['reserve', 'charge'] }]);
    const dependencies = await harness.sql`
      SELECT action_id, depends_on_action_id FROM workflow_action_dependencies
      WHERE execution_id = ${executionId} ORDER BY 1, 2`;
    expect(dependencies.map(({ action_id: id, depends_on_action_id: on }) => `${id} after ${on}`)).toEqual([
      'paid after charge',
      'paid after reserve',
      'ship after paid',
    ]);
  });

  it('starts an atMostOnce action once, whose strategy is to retry', async () => {
    let begun = 0;
    const pay = () => {
      begun += 1;
      throw new Error('maybe');
    };
    harness.actions.registerSimpleAction('payOnce', '', [], pay, { atMostOnce: true });
    const payingOnceWorkflow = ({ executeActions }: WorkflowContext) =>
      executeActions([{ actionName: 'payOnce', onError: 'retry', retry: { attempts: 3, backoffMs: 1 } }]);
    harness.runtime.registerWorkflow(payingOnceWorkflow);
    await harness.startWorker();
    const executionId = await harness.runtime.startWorkflow('PayingOnce', { tenant: 'acme' });
    await harness.untilStatus(executionId, 'completed');
    expect(await resultOf(executionId)).toEqual([
      { id: 'payOnce', actionName: 'payOnce', success: false, error: 'maybe' },
    ]);
    expect(begun).toBe(1);
  });

  it('undoes in reverse order as steps of the log', async () => {
    const undone: string[] = [];
    harness.actions.registerSimpleAction('book', '', [], ({ what }) => {
      if (what === 'car') throw new Error('no car left');
      return { booked: what as string };
    });
    harness.actions.registerSimpleAction('cancelBooking', '', [], ({ what }) => void undone.push(what as string));
    const travellingWorkflow = ({ executeActions }: WorkflowContext) => {
      const step = (id: string, ...dependsOn: string[]) => ({
        id,
        actionName: 'book',
        parameters: { what: id },
        dependsOn,
        compensateWith: {
          actionName: 'cancel_booking',
          parameters: ({ booked }: { booked: string }) => ({ what: booked }),
        },
      });
      return executeActions([step('flight'), step('hotel', 'flight'), step('car', 'hotel')], { onError: 'compensate' });
    };
    harness.runtime.registerWorkflow(travellingWorkflow);
    await harness.runtime.publish();
    const executionId = await harness.runtime.startWorkflow('Travelling', { tenant: 'acme' });
    await harness.untilStatus(executionId, 'completed');
    expect(undone).toEqual(['hotel', 'flight']);
    expect(await resultOf(executionId)).toMatchObject([
      { id: 'flight', compensated: true },
      { id: 'hotel', compensated: true },
      { id: 'car', success: false, error: 'no car left' },
    ]);
  });

  it('finishes what it takes back when it is canceled meanwhile, with its retries, and is canceled then', async () => {
    const seen: string[] = [];
    const gate = { open: () => undefined as void };
    const opened = new Promise<void>((resolve) => (gate.open = resolve));
    harness.actions.registerSimpleAction('takeSeat', '', [], () => 'taken');
    harness.actions.registerSimpleAction('paySeat', '', [], () => {
      throw Object.assign(new Error('no money'), { transient: false });
    });
    harness.actions.registerSimpleAction('giveSeatBack', '', [], async (_, { signal }) => {
      seen.push('begun');
      if (seen.length === 1) {
        await opened;
        throw Object.assign(new Error('not yet'), { transient: true });
      }
      seen.push(signal.aborted ? 'cut' : 'given back');
    });
    const seatingWorkflow = async ({ executeActions, events }: WorkflowContext) => {
      const compensateWith = { actionName: 'giveSeatBack' };
      await executeActions(
        [
          { actionName: 'takeSeat', compensateWith },
          { actionName: 'paySeat', dependsOn: ['takeSeat'] },
        ],
        {
          onError: 'compensate',
        },
      );
      await events.waitFor('Never');
    };
    harness.runtime.registerWorkflow(seatingWorkflow);
    await harness.runtime.publish();
    const executionId = await harness.runtime.startWorkflow('Seating', { tenant: 'acme' });
    await until(() => seen.length > 0, 'it is being taken back');
    await harness.runtime.cancelExecution({ executionId, tenant: 'acme', userId: 'omar' });
    const kinds = async () => (await harness.history(executionId)).map(({ kind }) => kind);
    await until(async () => (await kinds()).includes('cancel_requested'), 'the cancel is taken');
    gate.open();
    await harness.untilStatus(executionId, 'canceled');
    expect(seen).toEqual(['begun', 'begun', 'given back']);
  });

  it('takes back what it has to when a cancel meets it in a pause before another try', async () => {
    const undone: string[] = [];
    const fails = (name: string) =>
      harness.actions.registerSimpleAction(name, '', [], () => {
        throw Object.assign(new Error(`no ${name}`), { transient: false });
      });
    harness.actions.registerSimpleAction('takeRoom', '', [], () => 'taken');
    harness.actions.registerSimpleAction('giveRoomBack', '', [], () => void undone.push('room'));
    fails('payRoom');
    fails('callHotel');
    const lodgingWorkflow = ({ executeActions }: WorkflowContext) =>
      executeActions([
        { actionName: 'takeRoom', compensateWith: { actionName: 'giveRoomBack' } },
        { actionName: 'payRoom', dependsOn: ['takeRoom'], onError: 'compensate' },
        {
          actionName: 'callHotel',
          dependsOn: ['takeRoom'],
          onError: 'retry',
          retry: { attempts: 3, backoffMs: 30_000 },
        },
      ]);
    harness.runtime.registerWorkflow(lodgingWorkflow);
    await harness.runtime.publish();
    const executionId = await harness.runtime.startWorkflow('Lodging', { tenant: 'acme' });
    await harness.untilStatus(executionId, 'waiting');
    await harness.runtime.cancelExecution({ executionId, tenant: 'acme', userId: 'omar' });
    await harness.untilStatus(executionId, 'canceled');
    expect(undone).toEqual(['room']);
  });

  it('cuts what it takes back when it is terminated meanwhile', async () => {
    const seen: string[] = [];
    harness.actions.registerSimpleAction('takeTable', '', [], () => 'taken');
    harness.actions.registerSimpleAction('payTable', '', [], () => {
      throw Object.assign(new Error('no money'), { transient: false });
    });
    harness.actions.registerSimpleAction('giveTableBack', '', [], async (_, { signal }) => {
      seen.push('begun');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      seen.push('cut');
    });
    const diningWorkflow = ({ executeActions }: WorkflowContext) =>
      executeActions(
        [
          { actionName: 'takeTable', compensateWith: { actionName: 'giveTableBack' } },
          { actionName: 'payTable', dependsOn: ['takeTable'] },
        ],
        { onError: 'compensate' },
      );
    harness.runtime.registerWorkflow(diningWorkflow);
    await harness.runtime.publish();
    const executionId = await harness.runtime.startWorkflow('Dining', { tenant: 'acme' });
    await until(() => seen.length > 0, 'it is being taken back');
    await harness.runtime.terminateExecution({ executionId, tenant: 'acme', userId: 'omar' });
    await harness.untilStatus(executionId, 'terminated');
    await until(() => seen.includes('cut'), 'its handler is told');
  });

  it('fails before anything runs where the graph has a cycle', async () => {
    const circlingWorkflow = ({ executeActions }: WorkflowContext) =>
      executeActions([
        { actionName: 'reserve', dependsOn: ['charge'] },
        { actionName: 'charge', dependsOn: ['reserve'] },
      ]);
    harness.runtime.registerWorkflow(circlingWorkflow);
    await harness.runtime.publish();
    const executionId = await harness.runtime.startWorkflow('Circling', { tenant: 'acme' });
    await harness.untilStatus(executionId, 'failed');
    const kinds = (await harness.history(executionId)).map(({ kind }) => kind);
    expect(kinds).toEqual(['execution_started', 'execution_failed']);
  });
});
