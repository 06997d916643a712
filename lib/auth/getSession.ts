import { cache } from 'react';
import { rawSql } from '../db/client';
import { loadSession } from './accounts';
import { auth } from './nextAuth';
import type { Session } from './session';

/** Who makes this request, or null. Read from the database, once a request however often it is asked. */
export const getSession = cache(async (): Promise<Session | null> => {
  const user = (await auth())?.user;
  return user?.id === undefined ? null : loadSession({ sql: rawSql(), userId: user.id, epoch: user.epoch ?? 0 });
});
