// Mail of the running product: one more of its worker processes, which sends to a catcher and drives no executions.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { expect } from 'playwright/test';
import { startMailCatcher, type CaughtMail } from '../../lib/mail/testing/mailCatcher';
import type { Database } from './database';
import { readRun } from './product';

export interface Mailing {
  /** The mail to this address whose subject begins so, once it is there. */
  mailTo(email: string, subject: string): Promise<CaughtMail>;
  stop(): Promise<void>;
}

/** @param publicUrl where the links in the mails lead. */
export async function startMailing({ sql }: Database, publicUrl: string): Promise<Mailing> {
  const catcher = await startMailCatcher();
  const { databaseUrl, redisUrl } = readRun();
  const { REDIS_URL: _redis, ...env } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', path.join('worker', 'main.ts')], {
    env: {
      ...env,
      DATABASE_URL: databaseUrl,
      ...(redisUrl !== null && { REDIS_URL: redisUrl }),
      BATON_WORKER_RUNS: 'jobs',
      BATON_SMTP_URL: catcher.url,
      BATON_MAIL_FROM: 'Baton <baton@journeys.test>',
      BATON_PUBLIC_URL: publicUrl,
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await catcher.close();
  };
  try {
    // Mails are written from the moment on at which somebody can send them.
    await expect
      .poll(async () => (await sql`SELECT seen_at FROM mail_transport`).length, {
        message: 'a process that sends mail is seen',
        timeout: 120_000,
      })
      .toBe(1);
  } catch (error) {
    await stop();
    throw error;
  }
  const mailsTo = (email: string) => catcher.mails.filter(({ to }) => to.includes(email));
  const subjectOf = (mail: CaughtMail) => mail.headers.get('subject') ?? '';
  return {
    mailTo: async (email, subject) => {
      const found = () => mailsTo(email).find((mail) => subjectOf(mail).startsWith(subject));
      await expect
        .poll(() => found() !== undefined, { message: `a mail to ${email}: ${subject}`, timeout: 60_000 })
        .toBe(true);
      const mail = found();
      if (!mail) throw new Error('There is no such mail.');
      return mail;
    },
    stop,
  };
}
