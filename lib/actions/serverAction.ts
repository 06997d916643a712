import { getSession } from '../auth/getSession';
import { createServerActions } from './createServerAction';
import { logError } from './logError';

/** The wrappers with this web server's session and log. */
export const { serverAction, platformAction, publicAction } = createServerActions({ getSession, logError });
