/** What must hold of a fork and its source. */
import type { LogRow } from '../memory/tables';
import type { ForkNote } from './forks';
import type { Say } from './historyChecks';
import type { Rested } from './oracle';

/** It begins with what the log of its source holds up to there, and nothing of the source was changed for it. */
export function checkFork(fork: Rested, note: ForkNote, all: ReadonlyMap<string, Rested>, say: Say): void {
  const source = all.get(note.sourceId);
  if (!source) return say(`its source ${note.sourceId} is not there`);
  if (note.disturbed !== null) say(`forking changed its source: ${note.disturbed}`);
  const { atSeq, copied } = note;
  const { row } = fork;
  if (row.workflowKey !== null || row.parentExecutionId !== null || row.continuedFrom !== null) {
    say('it holds the key, the parent or the place in a chain of its source');
  }
  for (let seq = 2; seq <= atSeq; seq += 1) {
    const [own, theirs] = [row.log[seq - 1], source.row.log[seq - 1]].map((entry) => entry && textOf(entry));
    if (own !== theirs) say(`entry ${seq} is ${own}, and that of its source ${theirs}`);
    const [given, known] = [fork, source].map(({ history }) => JSON.stringify(history[seq - 1]));
    if (given !== known) say(`entry ${seq} reads ${given}, and that of its source ${known}`);
  }
  checkFirst(fork, source, atSeq, say);
  checkDetached(fork, note, say);
  const retold = fork.history
    .slice(copied)
    .find(({ kind, body }) => kind === 'child_ended' && isChildOf(fork, body.commandId, copied));
  if (retold) say(`entry ${retold.seq} tells of a child of its source`);
}

const textOf = ({ seq, atMs, kind, name, commandId, payloadText }: LogRow): string =>
  JSON.stringify([seq, atMs, kind, name, commandId, payloadText]);

/** Seed, data and trigger are those of the source: the code does the same again. */
function checkFirst({ history }: Rested, source: Rested, atSeq: number, say: Say): void {
  const [own, theirs] = [history[0], source.history[0]];
  if (own?.kind !== 'execution_started' || theirs?.kind !== 'execution_started') return say('it has no beginning');
  const { fork: origin, ...facts } = own.body;
  const { fork: originOfSource, ...wanted } = theirs.body;
  if (origin?.executionId !== source.executionId || origin.atSeq !== atSeq) say('it names another place as its origin');
  if (JSON.stringify([own.at, facts]) !== JSON.stringify([theirs.at, wanted])) {
    say(`its beginning is not that of its source${originOfSource ? ', a fork itself' : ''}`);
  }
}

/** Children of the source that had not ended there are told of as left behind, each once. */
function checkDetached({ history }: Rested, { atSeq, copied }: ForkNote, say: Say): void {
  const open = new Set<string>();
  for (const { kind, body } of history.slice(0, atSeq)) {
    if (kind === 'child_started') open.add(body.commandId);
    if (kind === 'child_ended') open.delete(body.commandId);
  }
  const detached = history
    .slice(atSeq, copied)
    .flatMap(({ kind, body }) =>
      kind === 'child_ended' && body.error?.code === 'child_detached' ? [body.commandId] : [],
    );
  if (detached.length !== copied - atSeq || [...detached].sort().join() !== [...open].sort().join()) {
    say(`it does without ${detached.join(', ') || 'nobody'}, and ${[...open].join(', ') || 'no child'} had not ended`);
  }
}

const isChildOf = ({ history }: Rested, commandId: string, copied: number): boolean =>
  history.slice(0, copied).some(({ kind, body }) => kind === 'child_started' && body.commandId === commandId);
