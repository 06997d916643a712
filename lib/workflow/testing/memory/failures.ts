import type { JsonObject } from '../../model/json';
import { poisonCode, type FailureStore } from '../../model/ports/failures';
import type { ExecutionKey } from '../../model/ports/store';
import { isEnded } from '../../model/status';
import type { DeadLetterTableRow, ExecutionTableRow, MemoryTables, Transport } from './tables';

/** Suspects and dead letters in memory, with the semantics of the statements on Postgres. */
export function createMemoryFailures({
  tables,
  transport,
}: {
  readonly tables: MemoryTables;
  readonly transport: Transport;
}): FailureStore {
  return {
    examine: ({ workerId, partitions, maxStrikes }) =>
      transport('examine', () => {
        const owned = new Set(partitions);
        const found = [...tables.suspects.values()].filter((row) => owned.has(row.partitionId));
        const condemned = tables.isFenced(workerId)
          ? []
          : found.filter((row) => row.strikes >= maxStrikes && condemn(tables, row));
        const suspects = found.filter((row) => !condemned.includes(row));
        return {
          condemned: condemned.map(({ executionId, partitionId }) => {
            return { executionId, partitionId, tenant: tables.execution(executionId).tenant };
          }),
          suspects: suspects.map(({ executionId, partitionId, strikes, commandId, company, ranMs }) => {
            return { executionId, partitionId, strikes, commandId, company, ranMs };
          }),
          unclean: partitions.filter((partition) => tables.unclean.has(partition)),
        };
      }),

    noteActivations: ({ workerId, executions }) =>
      transport('noteActivations', () => {
        if (tables.isFenced(workerId)) return;
        for (const { executionId, partitionId } of executions) {
          const known = tables.suspects.get(executionId);
          const { strikes = 0, commandId = null, company = 0, ranMs = 0 } = known ?? {};
          const sinceMs = known?.workerId === workerId ? known.sinceMs : tables.nowMs();
          const row = { executionId, partitionId, strikes, commandId, company, ranMs, workerId, sinceMs };
          tables.suspects.set(executionId, row);
        }
      }),

    clearActivations: ({ workerId, executions }) =>
      transport('clearActivations', () => {
        for (const { executionId } of executions) {
          if (tables.suspects.get(executionId)?.workerId === workerId) tables.suspects.delete(executionId);
        }
      }),

    handOverActivations: ({ workerId, executions }) =>
      transport('handOverActivations', () => {
        for (const { executionId } of executions) {
          const row = tables.suspects.get(executionId);
          if (row?.workerId === workerId) row.workerId = null;
        }
      }),

    putAside: ({ workerId, execution: { executionId, partitionId }, kind, reason }) =>
      transport('putAside', () => {
        if (tables.isFenced(workerId)) return;
        addLetter(tables, { executionId, partitionId, kind, reason, rowId: null, strikes: 0 });
      }),

    applyRedrives: ({ workerId, executions }) =>
      transport('applyRedrives', () => {
        if (tables.isFenced(workerId)) return [];
        return executions.filter(({ executionId }) => applyRedrive(tables, executionId));
      }),
  };
}

/** A worker ended without saying so: what it alone had noted to be running gets a strike. */
export function strike(tables: MemoryTables, workerId: string): void {
  const noted = [...tables.suspects.values()].filter((row) => row.workerId === workerId);
  for (const row of noted) {
    if (noted.length === 1) row.strikes += 1;
    else row.commandId = null;
    row.company = row.company === 0 ? noted.length : Math.min(row.company, noted.length);
    row.ranMs = tables.nowMs() - row.sinceMs;
    row.workerId = null;
  }
}

/** A worker ended in order. */
export function forgive(tables: MemoryTables, workerId: string): void {
  for (const row of [...tables.suspects.values()]) {
    if (row.workerId !== workerId) continue;
    row.workerId = null;
    if (row.strikes === 0 && row.company === 0) tables.suspects.delete(row.executionId);
  }
}

/** Whether an execution is blocked by other code than this, and not put aside. */
export function mayTryAgain(row: ExecutionTableRow, codeVersion: string | null): boolean {
  if (row.status !== 'blocked_on_code' || codeVersion === null || row.error?.code === poisonCode) return false;
  const details = row.error?.details as JsonObject | null | undefined;
  return details?.codeVersion !== codeVersion;
}

/** One letter for an execution that is aside; each undeliverable event has its own. */
export function addLetter(
  tables: MemoryTables,
  letter: Omit<DeadLetterTableRow, 'deadLetterId' | 'isRedriven' | 'isSettled'>,
): void {
  const isOpen = (each: DeadLetterTableRow) =>
    each.executionId === letter.executionId && each.kind !== 'undeliverable' && !each.isSettled;
  if (letter.kind !== 'undeliverable' && tables.deadLetters.some(isOpen)) return;
  const deadLetterId = String(tables.deadLetters.length + 1);
  tables.deadLetters.push({ ...letter, deadLetterId, isRedriven: false, isSettled: false });
}

function condemn(tables: MemoryTables, { executionId, partitionId, strikes }: ExecutionKey & { strikes: number }) {
  const row = tables.executions.get(executionId);
  if (!row || isEnded(row.status) || row.status === 'paused' || row.error?.code === poisonCode) return false;
  const message = `Workers ended ${strikes} times while they ran this execution.`;
  row.status = 'blocked_on_code';
  row.error = { name: 'PoisonError', code: poisonCode, message, details: { strikes } };
  addLetter(tables, { executionId, partitionId, kind: 'poison', reason: message, rowId: null, strikes });
  tables.suspects.delete(executionId);
  return true;
}

function applyRedrive(tables: MemoryTables, executionId: string): boolean {
  const letters = tables.deadLetters.filter(
    (letter) => letter.executionId === executionId && letter.isRedriven && !letter.isSettled,
  );
  for (const letter of letters) letter.isSettled = true;
  const row = tables.executions.get(executionId);
  if (letters.length === 0 || !row) return false;
  tables.suspects.delete(executionId);
  if (row.status !== 'blocked_on_code') return false;
  row.status = 'running';
  row.error = null;
  return true;
}
