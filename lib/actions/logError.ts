import { log } from '../log';
import type { ErrorLog } from './failure';

/** Writes an unexpected error to the web server's log, with its cause and stack. */
export const logError: ErrorLog = ({ correlationId, where, error }) => {
  log().error({ correlationId, where, error }, 'unexpected error');
};
