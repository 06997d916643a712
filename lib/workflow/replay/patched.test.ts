import { describe, expect, it } from 'vitest';
import { drainMacrotask, processSandbox } from '../core/sandbox';
import { NondeterminismError } from '../model/errors';
import { hashText } from '../model/hash';
import type { NewEntry } from '../model/history';
import type { CallUnderWay } from '../model/underWay';
import type { WorkflowContext, WorkflowFunction } from '../model/workflow';
import { replay } from './replay';

const trigger = { name: 's', type: 's', payload: {}, user_id: null, event_id: 'e0', timestamp: '' };
const seed = { initialData: {}, seed: 'seed', logicalExecutionId: 'x1', startedBy: null };
const started: NewEntry = { kind: 'execution_started', body: { workflow: 'Test', version: '1', trigger, ...seed } };
const run = (workflow: WorkflowFunction, ...entries: NewEntry[]) => runWith([], workflow, ...entries);
const runWith = (underWay: readonly CallUnderWay[], workflow: WorkflowFunction, ...entries: NewEntry[]) =>
  replay({
    underWay,
    definition: { name: 'Test', version: '1', run: workflow },
    identity: { executionId: 'x1', tenant: 'acme' },
    history: [started, ...entries].map((entry, at) => ({ seq: at + 1, at, ...entry })),
    sandbox: processSandbox(),
    drain: drainMacrotask,
  });
const done = (name: string, count: number, n: number): NewEntry => ({
  kind: 'action_completed',
  body: { commandId: `${name}#${count}`, n, name, argsHash: hashText('{}'), result: null },
});
const mark = (patchId: string, n: number): NewEntry => ({
  kind: 'patch_marked',
  body: { commandId: `patched:${patchId}#1`, n, patchId },
});
const received = (name: string): NewEntry => ({ kind: 'event_received', body: { event: { ...trigger, name } } });

const changed = async ({ actions, patched }: WorkflowContext) => {
  await actions.prepare();
  if (patched('by-mail')) await actions.mail();
  else await actions.print();
  await actions.archive();
};

describe('context.patched', () => {
  it('is true in an execution that comes there for the first time, and the log keeps it', async () => {
    const { commands } = await run(changed, done('prepare', 1, 1));
    expect(commands).toMatchObject([
      { type: 'patch', patchId: 'by-mail', commandId: 'patched:by-mail#1', n: 2 },
      { type: 'action', name: 'mail', n: 3 },
    ]);
  });

  it('stays true when the log is replayed', async () => {
    const { commands } = await run(changed, done('prepare', 1, 1), mark('by-mail', 2), done('mail', 1, 3));
    expect(commands).toMatchObject([{ type: 'action', name: 'archive', n: 4 }]);
  });

  it('is false where the log went past without it', async () => {
    const { commands } = await run(changed, done('prepare', 1, 1), done('print', 1, 2));
    expect(commands).toMatchObject([{ type: 'action', name: 'archive', n: 3 }]);
  });

  it('is true for an execution that took events and has run no code yet', async () => {
    const { commands } = await run(changed, received('Early'));
    expect(commands).toMatchObject([{ type: 'action', name: 'prepare' }]);
    const first = async ({ patched, actions }: WorkflowContext) => {
      if (patched('p')) await actions.new();
    };
    expect((await run(first, received('Early'))).commands).toMatchObject([{ type: 'patch' }, { name: 'new' }]);
  });

  const rounds = async ({ actions, patched }: WorkflowContext) => {
    for (let i = 0; i < 3; i += 1) await (patched('p') ? actions.new() : actions.old());
  };

  it('changes within a loop where the log ends, and keeps each answer in later replays', async () => {
    const old = [done('old', 1, 1)];
    expect((await run(rounds, ...old)).commands).toMatchObject([
      { type: 'patch', n: 2 },
      { name: 'new', n: 3 },
    ]);
    const log = [...old, mark('p', 2), done('new', 1, 3)];
    expect((await run(rounds, ...log)).commands).toMatchObject([{ name: 'new', commandId: 'new#2', n: 4 }]);
  });

  it('that is gone from the code while logs hold it is named', async () => {
    const gone = async ({ actions }: WorkflowContext) => {
      await actions.prepare();
      await actions.mail();
    };
    const log = [done('prepare', 1, 1), mark('by-mail', 2), done('mail', 1, 3)];
    await expect(run(gone, ...log)).rejects.toThrow(NondeterminismError);
    await expect(run(gone, ...log)).rejects.toThrow('patch by-mail');
  });

  it('may be replaced by deprecatePatch, which reads logs with and without it', async () => {
    const later = async ({ actions, deprecatePatch }: WorkflowContext) => {
      await actions.prepare();
      deprecatePatch('by-mail');
      await actions.mail();
      await actions.archive();
    };
    const kept = await run(later, done('prepare', 1, 1), mark('by-mail', 2), done('mail', 1, 3));
    expect(kept.commands).toMatchObject([{ name: 'archive', n: 4 }]);
    const fresh = await run(later, done('prepare', 1, 1), done('mail', 1, 2));
    expect(fresh.commands).toMatchObject([{ name: 'archive', n: 3 }]);
  });
});

describe('what has begun and is not in the log', () => {
  const begun = (call: Partial<CallUnderWay> = {}): readonly CallUnderWay[] => [
    { commandId: 'print#1', n: 2, argsHash: hashText('{}'), ...call },
  ];
  const prepared = done('prepare', 1, 1);

  it('answers patched as the log would: the code goes on with it', async () => {
    const { commands } = await runWith(begun(), changed, prepared);
    expect(commands).toMatchObject([{ type: 'action', commandId: 'print#1', n: 2 }]);
  });

  it('leaves patched true where its place is not known, and is missed then', async () => {
    await expect(runWith(begun({ n: null, argsHash: null }), changed, prepared)).rejects.toThrow(
      '"action print" (print#1) has begun and its outcome is not in the log yet: the code now does not ask for it.',
    );
  });

  const other = async ({ actions }: WorkflowContext) => {
    await actions.prepare();
    await actions.mail();
  };
  const otherArguments = async ({ actions }: WorkflowContext) => {
    await actions.prepare();
    await actions.print({ copies: 2 });
  };
  const later = async ({ actions, setState }: WorkflowContext) => {
    await actions.prepare();
    setState('printing');
    await actions.print();
  };

  it.each([
    ['another action', other, 'as command 2: the code now does "action mail" (mail#1) there', 'action mail'],
    ['other arguments', otherArguments, 'the code now passes other arguments', 'action print'],
    ['another place', later, 'as command 2: the code now does "state printing" (setState#1) there', 'state printing'],
    ['nothing', async ({ actions }: WorkflowContext) => actions.prepare(), 'does not ask for it', null],
  ])('is a difference where the code now asks for %s', async (_, code, message, actual) => {
    const error: unknown = await runWith(begun(), code, prepared).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NondeterminismError);
    expect((error as Error).message).toContain(message);
    expect((error as NondeterminismError).difference).toMatchObject({ seq: null, recorded: 'action print', actual });
  });

  it('is compared by its id alone where nothing else of it is known', async () => {
    const { commands } = await runWith(begun({ n: null, argsHash: null }), later, prepared);
    expect(commands).toMatchObject([{ type: 'set_state' }, { commandId: 'print#1' }]);
  });
});
