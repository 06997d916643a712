// What each kind of entry must hold for a replay to go by it. More than that is let through: releases add fields.
import { z } from 'zod';
import type { EntryKind } from '../../model/history';

const text = z.string();
const instant = z.iso.datetime();
const json = z.custom((value) => value !== undefined, 'is missing');
const record = z.record(z.string(), z.unknown());
const command = { commandId: text.min(1), n: z.int().positive() };
const recordedError = z.looseObject({ name: text, message: text, code: text.nullable() });
const decision = z.looseObject({ by: text.nullable(), reason: text.nullable() });
const event = z.looseObject({ name: text, type: text, payload: json, event_id: text, timestamp: text });
const ofTask = { taskId: text, commandId: text.min(1) };

/** The bodies of all kinds, as `entryFromRow` makes them. */
export const entrySchemas: Readonly<Record<EntryKind, z.ZodType>> = {
  execution_started: z.looseObject({
    workflow: text.min(1),
    version: text.min(1),
    trigger: event,
    initialData: record,
    seed: text,
    logicalExecutionId: text,
    startedBy: text.nullable(),
  }),
  event_received: z.looseObject({ event, viaBus: z.literal(true).optional() }),
  task_ended: z.looseObject({
    taskId: text,
    status: z.enum(['completed', 'declined', 'canceled', 'expired']),
    outcome: text.nullable(),
    output: json,
    by: text.nullable(),
    eventName: text,
    endedAt: instant,
  }),
  timer_fired: z.looseObject({ commandId: text.min(1) }),
  child_ended: z.looseObject({
    commandId: text.min(1),
    childExecutionId: text,
    status: z.enum(['completed', 'failed', 'canceled', 'terminated']),
    result: json,
    error: recordedError.nullable(),
  }),
  action_completed: z.looseObject({ ...command, name: text, argsHash: text, result: json }),
  action_failed: z.looseObject({ ...command, name: text, argsHash: text, error: recordedError }),
  state_changed: z.looseObject({ ...command, state: text }),
  data_set: z.looseObject({ ...command, key: text, value: json }),
  log_written: z.looseObject({ level: z.enum(['debug', 'info', 'warn', 'error']), message: text, data: json }),
  wait_started: z.looseObject({
    ...command,
    names: z.array(text).min(1),
    deadline: instant.nullable(),
    taskId: text.nullable(),
    satisfiedBy: z.int().positive().nullable(),
    match: record.optional(),
  }),
  sleep_started: z.looseObject({ ...command, fireAt: instant }),
  patch_marked: z.looseObject({ ...command, patchId: text }),
  task_created: z.looseObject({
    ...command,
    taskId: text,
    taskType: text,
    title: text,
    completionEvent: text,
    argsHash: text,
    expiresAt: instant.nullable(),
    warnings: z.array(text),
  }),
  task_refused: z.looseObject({ ...command, argsHash: text, error: recordedError }),
  task_reminded: z.looseObject(ofTask),
  task_escalated: z.looseObject({ ...ofTask, roles: z.array(text), users: z.array(text) }),
  child_started: z.looseObject({
    ...command,
    workflow: text,
    childExecutionId: text,
    parentClosePolicy: z.enum(['terminate', 'cancel', 'abandon']),
    argsHash: text,
  }),
  execution_continued: z.looseObject({ successorId: text }),
  cancel_requested: decision,
  terminate_requested: decision,
  execution_paused: decision,
  execution_resumed: decision,
  execution_retried: decision,
  execution_completed: z.looseObject({ result: json }),
  execution_failed: z.looseObject({ error: recordedError }),
  execution_canceled: z.looseObject({ error: recordedError.nullable() }),
  execution_terminated: decision,
};

export const isEntryKind = (kind: string): kind is EntryKind => Object.hasOwn(entrySchemas, kind);
