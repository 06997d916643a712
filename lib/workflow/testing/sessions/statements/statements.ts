/** The statements that workers and senders share rows by, behind one door: so that a patched copy holds all of them. */
import { fanOut } from '../../../core/bus/fanOut';
import { lookForEvents } from '../../../core/bus/lookForEvents';
import { submitEventIn } from '../../../core/submitEvent';
import { createActionResultStore } from '../../../persistence/actions/actionResults';
import { createBusStore } from '../../../persistence/bus/busStore';
import { createPostgresStore } from '../../../persistence/executions/postgresStore';
import { insertSignals } from '../../../persistence/inbox';
import { createPostgresMembership } from '../../../persistence/membership';
import { createTransactions } from '../../../persistence/transactions';

export const statements = {
  createActionResultStore,
  createBusStore,
  createPostgresMembership,
  createPostgresStore,
  createTransactions,
  fanOut,
  insertSignals,
  lookForEvents,
  submitEventIn,
};

export type Statements = typeof statements;
