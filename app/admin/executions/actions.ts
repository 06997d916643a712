'use server';
import { z } from 'zod';
import { decisionSchema, forkSchema } from '@/lib/actions/decisionInput';
import { serverAction } from '@/lib/actions/serverAction';
import {
  cancelExecution,
  forkExecution,
  pauseExecution,
  resumeExecution,
  retryExecution,
  terminateExecution,
} from '@/lib/workflow';

const executionId = z.string({ error: 'Name the execution.' });

/** Lets an execution clean up and end. */
export const cancelExecutionAction = serverAction(
  { act: 'execution.operate', input: decisionSchema.extend({ executionId }) },
  ({ session: { userId }, tenant, input }) => cancelExecution({ ...input, tenant, userId }),
);

/** Ends an execution at once, without running its code. */
export const terminateExecutionAction = serverAction(
  { act: 'execution.operate', input: decisionSchema.extend({ executionId }) },
  ({ session: { userId }, tenant, input }) => terminateExecution({ ...input, tenant, userId }),
);

/** Holds an execution: its code gets nothing and its timers do not fire. */
export const pauseExecutionAction = serverAction(
  { act: 'execution.operate', input: decisionSchema.extend({ executionId }) },
  ({ session: { userId }, tenant, input }) => pauseExecution({ ...input, tenant, userId }),
);

/** Lets a paused execution go on. */
export const resumeExecutionAction = serverAction(
  { act: 'execution.operate', input: decisionSchema.extend({ executionId }) },
  ({ session: { userId }, tenant, input }) => resumeExecution({ ...input, tenant, userId }),
);

/** Goes on from the failure of an execution, or tries the code that it is blocked on. */
export const retryExecutionAction = serverAction(
  { act: 'execution.operate', input: decisionSchema.extend({ executionId }) },
  ({ session: { userId }, tenant, input }) => retryExecution({ ...input, tenant, userId }),
);

/** Starts a new execution that begins with the first entries of this one's log. */
export const forkExecutionAction = serverAction(
  { act: 'execution.operate', input: forkSchema.extend({ executionId }) },
  ({ session: { userId }, tenant, input }) => forkExecution({ ...input, tenant, userId }),
);
