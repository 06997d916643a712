/** Workflows about other executions: children, runs that follow each other, keys, branches, failures that are mended. */
import type { ParentClosePolicy } from '../../model/relations';
import type { WorkflowContext } from '../../model/workflow';

export interface Hire {
  readonly does: 'work' | 'fail' | 'sleep' | 'wait' | 'relay';
  readonly ms: number;
  readonly policy: ParentClosePolicy;
  readonly isAwaited: boolean;
}

/** Starts children, waits for some of them, and leaves the others to their policies. */
export async function family({ actions, children, data }: WorkflowContext): Promise<string[]> {
  const hired = data.get<Hire[]>('children').map(({ policy, isAwaited, does, ms }, index) => {
    const what = `child ${index + 1}`;
    const child = children.start<string>('apprentice', { data: { does, ms, what }, parentClosePolicy: policy });
    return { child, isAwaited };
  });
  await actions.charge?.({ what: 'tools' });
  const told = await Promise.all(
    hired
      .filter(({ isAwaited }) => isAwaited)
      .map(({ child }) =>
        child.result().catch((error: unknown) => {
          const { name, status } = error as { readonly name: string; readonly status?: string };
          // By its name: mutants have classes of their own.
          if (name === 'ChildFailedError' && status !== undefined) return status;
          throw error;
        }),
      ),
  );
  await actions.book?.({ what: told.join(', ') });
  return told;
}

export async function apprentice({ actions, continueAsNew, data, events, sleep }: WorkflowContext): Promise<string> {
  const what = data.get<string>('what');
  const ms = data.get<number>('ms');
  switch (data.get<Hire['does']>('does')) {
    case 'fail':
      await actions.refuse?.({ what });
      break;
    case 'sleep':
      await sleep(ms);
      break;
    case 'wait':
      await events.waitFor('Go', { timeout: ms });
      break;
    case 'relay':
      await actions.charge?.({ what });
      return continueAsNew({ what, ms, does: ms % 2 === 0 ? 'work' : 'wait' });
    case 'work':
      break;
  }
  await actions.book?.({ what });
  return what;
}

/** Counts items over many runs: each takes some, and the next one goes on with what is left. */
export async function relay({ actions, continueAsNew, data, events }: WorkflowContext): Promise<string[]> {
  const seen = data.get<string[]>('seen');
  const total = data.get<number>('total');
  const perRun = data.get<number>('perRun');
  for (let taken = 0; taken < perRun && seen.length < total; taken += 1) {
    seen.push((await events.waitFor<{ n: string }>('Item')).payload.n);
  }
  await actions.book?.({ what: `${seen.length}` });
  return seen.length < total ? continueAsNew({ seen, total, perRun }) : seen;
}

/** Adds up for as long as something comes. Who starts it sends to it, and so does who finds it at work. */
export async function counter({ actions, continueAsNew, data, events }: WorkflowContext): Promise<string[]> {
  const seen: string[] = [];
  const most = data.get<number>('most');
  while (seen.length < most) {
    const added = await events.waitFor<{ n: string }>('Add', { timeout: data.get<number>('patienceMs') });
    if (added === null) break;
    seen.push(added.payload.n);
  }
  await actions.book?.({ what: seen.join(' ') });
  if (seen.length === most) return continueAsNew({ most: 100, patienceMs: data.get<number>('patienceMs') });
  return seen;
}

/** Branches with several steps against a time: what the loser waits for is withdrawn, and its code never goes on. */
export async function scopes({ actions, all, data, events, race, scope, sleep }: WorkflowContext): Promise<string[]> {
  const results: string[] = [];
  for (const [round, sleepMs] of data.get<number[]>('sleepsMs').entries()) {
    const winner = await race([
      async () => {
        const { n } = (await events.waitFor<{ n: string }>('A')).payload;
        await actions.charge?.({ what: n });
        // The branch may have lost meanwhile.
        await actions.book?.({ what: `${round} ${n}` });
        return n;
      },
      async () => {
        await sleep(sleepMs);
        return 'slept';
      },
    ]);
    results.push(winner);
  }
  await all({
    left: () => scope('deep', () => actions.book?.({ what: 'left' })),
    right: () => actions.book?.({ what: 'right' }),
  });
  const last = await events.waitFor<{ n: string }>('A');
  return [...results, last.payload.n];
}

/** Takes what comes until its time is over: one sleep in every race, which loses each of them but the last. */
export async function deadline({ actions, data, events, sleep }: WorkflowContext): Promise<string[]> {
  const over = sleep(data.get<number>('ms'));
  const seen: string[] = [];
  for (;;) {
    const item = await Promise.race([events.waitFor<{ n: string }>('Item'), over]);
    if (!item) return seen;
    seen.push(item.payload.n);
    // Nobody waits for the time while this is done.
    if (seen.length % 2 === 0) await actions.book?.({ what: item.payload.n });
  }
}

/** Fails until what it needs works, and goes on from there each time somebody wants it tried again. */
export async function mended({ actions, events, sleep }: WorkflowContext): Promise<string> {
  await actions.book?.({ what: 'before' });
  const asked = await actions.createHumanTask({ taskType: 'review' });
  const side = [actions.book?.({ what: 'side' }), sleep(300)];
  await Promise.all([actions.brittle?.({ what: 'parts' }), ...side]);
  await events.waitFor(asked.completionEvent);
  await actions.brittle?.({ what: 'whole' });
  await actions.book?.({ what: 'after' });
  return 'mended';
}

export interface Helper {
  readonly ms: number;
}

/** Fails with the first of its children that failed, and goes on once both were tried again. */
export async function household({ actions, children, data }: WorkflowContext): Promise<string[]> {
  const hired = data.get<Helper[]>('helpers').map(({ ms }, index) => {
    const what = `helper ${index + 1}`;
    return children.start<string>('helper', { data: { ms, what }, parentClosePolicy: 'abandon' });
  });
  await actions.charge?.({ what: 'tools' });
  const told: string[] = [];
  for (const child of hired) {
    try {
      told.push(await child.result());
    } catch (error) {
      const { name, status } = error as { readonly name: string; readonly status?: string };
      // What somebody ended for good is no reason to try it again.
      if (name !== 'ChildFailedError' || status === undefined || status === 'failed') throw error;
      told.push(status);
    }
  }
  await actions.book?.({ what: told.join(', ') });
  return told;
}

/** Fails until what it needs works. */
export async function helper({ actions, data, sleep }: WorkflowContext): Promise<string> {
  const what = data.get<string>('what');
  await actions.book?.({ what });
  await sleep(data.get<number>('ms'));
  await actions.brittle?.({ what });
  return what;
}
