/**
 * The environment, parsed once and lazily: importing this module reads nothing, so that a build, which has no
 * database, can load every route. No other module of the product reads `process.env`.
 */
import { defaultMost, limitsOf, type ExecutionLimits } from '@shared/workflow/model/limits';
import { z } from 'zod';

/** A value of the environment is missing or wrong. The message is one sentence for each, ready to be shown. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const text = z.string().trim().min(1);

/** A whole number written in digits. */
const wholeNumber = ({ name, min, max }: { readonly name: string; readonly min: number; readonly max: number }) => {
  const message = `${name} must be a whole number from ${min} to ${max}.`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
};

const address = ({
  name,
  schemes,
  example,
}: {
  readonly name: string;
  readonly schemes: readonly string[];
  readonly example: string;
}) =>
  text.refine(
    (value) => URL.canParse(value) && schemes.includes(new URL(value).protocol),
    `${name} must be an address such as ${example}.`,
  );

const uuid = (name: string) => z.guid(`${name} must be a UUID.`);

const flag = (name: string) =>
  z
    .enum(['0', '1', 'true', 'false', ''], `${name} must be 1 or 0.`)
    .transform((value) => value === '1' || value === 'true');

const limit = (name: string, usual: number) => wholeNumber({ name, min: 10, max: 100_000_000 }).default(usual);

const environmentSchema = z.object({
  DATABASE_URL: z
    .string({
      error:
        'DATABASE_URL is not set: it names the Postgres database, for example postgres://user:password@localhost:5432/baton.',
    })
    .pipe(
      address({
        name: 'DATABASE_URL',
        schemes: ['postgres:', 'postgresql:'],
        example: 'postgres://user:password@localhost:5432/baton',
      }),
    ),
  REDIS_URL: address({
    name: 'REDIS_URL',
    schemes: ['redis:', 'rediss:'],
    example: 'redis://localhost:6379',
  }).optional(),
  PORT: wholeNumber({ name: 'PORT', min: 1, max: 65_535 }).default(3000),
  DATA_DIR: text.default('.data'),
  BATON_DEMO: flag('BATON_DEMO').default(false),
  AUTH_SECRET: z
    .string()
    .min(
      32,
      'AUTH_SECRET must have 32 characters or more: it signs everybody in. Make one with `openssl rand -base64 32`.',
    )
    .optional(),
  BATON_METRICS_TOKEN: z
    .string()
    .min(16, 'BATON_METRICS_TOKEN must have 16 characters or more: whoever knows it can read the metrics.')
    .optional(),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], {
      error: 'LOG_LEVEL must be debug, info, warn, error or silent.',
    })
    .default('info'),
  BATON_DATABASE_POOL: wholeNumber({ name: 'BATON_DATABASE_POOL', min: 1, max: 100 }).default(8),
  BATON_CODE_VERSION: text.max(100, 'BATON_CODE_VERSION must have 100 characters at most.').optional(),
  BATON_WORKER_ID: uuid('BATON_WORKER_ID').optional(),
  BATON_REPLACES_WORKER: uuid('BATON_REPLACES_WORKER').optional(),
  /** Hosts and networks, parted by commas. */
  BATON_HTTP_ALLOW: text.transform((list) => list.split(',').map((entry) => entry.trim())).optional(),
  BATON_WORKER_RUNS: z
    .enum(['all', 'executions', 'jobs'], 'BATON_WORKER_RUNS must be all, executions or jobs.')
    .default('all'),
  BATON_JOB_CONCURRENCY: wholeNumber({ name: 'BATON_JOB_CONCURRENCY', min: 1, max: 1_000 }).default(4),
  BATON_WATCHDOG_MS: wholeNumber({ name: 'BATON_WATCHDOG_MS', min: 0, max: 60_000 }).default(3000),
  BATON_WORKER_MEMORY_MB: wholeNumber({ name: 'BATON_WORKER_MEMORY_MB', min: 32, max: 1_000_000 }).optional(),
  BATON_ADMISSION_BACKLOG: wholeNumber({ name: 'BATON_ADMISSION_BACKLOG', min: 0, max: 100_000_000 }).default(50_000),
  BATON_LIMIT_HISTORY: limit('BATON_LIMIT_HISTORY', defaultMost.history_length),
  BATON_LIMIT_PAYLOAD: limit('BATON_LIMIT_PAYLOAD', defaultMost.payload_size),
  BATON_LIMIT_MAILBOX: limit('BATON_LIMIT_MAILBOX', defaultMost.mailbox_size),
  BATON_LIMIT_COMMANDS: limit('BATON_LIMIT_COMMANDS', defaultMost.commands_per_run),
  BATON_WORKER_HEALTH_PORT: wholeNumber({ name: 'BATON_WORKER_HEALTH_PORT', min: 0, max: 65_535 }).default(0),
  BATON_SMTP_URL: address({
    name: 'BATON_SMTP_URL',
    schemes: ['smtp:', 'smtps:'],
    example: 'smtp://user:password@mail.example.com:587',
  }).optional(),
  BATON_MAIL_FROM: text
    .regex(
      /^[^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>$|^[^<>@\s]+@[^<>@\s]+$/,
      'BATON_MAIL_FROM must be an address such as baton@example.com or Baton <baton@example.com>.',
    )
    .optional(),
  BATON_PUBLIC_URL: address({
    name: 'BATON_PUBLIC_URL',
    schemes: ['http:', 'https:'],
    example: 'https://baton.example.com',
  }).optional(),
});

/** What the environment says, with defaults filled in. */
export interface Environment {
  /** Postgres, the truth. */
  readonly databaseUrl: string;
  /** Redis, which only wakes; absent: owners poll. */
  readonly redisUrl: string | undefined;
  /** Port of the web server. */
  readonly port: number;
  /** Folder for what a machine keeps besides the database: the embedded servers, the secret, `run.json`. */
  readonly dataDir: string;
  /** Whether the demo's accounts may sign in with one click. Never set in production. */
  readonly isDemo: boolean;
  readonly authSecret: string | undefined;
  /** Lets whoever sends it read the web server's metrics; absent: nobody can. */
  readonly metricsToken: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Most connections of one pool; a process has two pools at most. */
  readonly databasePoolSize: number;
  /** Identity of this worker incarnation, chosen by whoever starts it; absent: the worker makes one. */
  readonly workerId: string | undefined;
  /** Names the build that a worker runs, such as the tag of an image; absent: the worker takes it from its sources. */
  readonly codeVersion: string | undefined;
  /** The dead incarnation that this worker takes over from at once, named by the supervisor that saw it end. */
  readonly replacesWorker: string | undefined;
  /** How long a worker's loop may stand still before its watchdog ends it; 0: for ever, as debuggers need it. */
  readonly watchdogMs: number;
  /** Heap above which a worker begins nothing new; null: most of what V8 may take. */
  readonly workerMemoryBytes: number | null;
  /** 0: any free port. */
  readonly workerHealthPort: number;
  /** Private hosts and networks that the action `httpRequest` may reach. */
  readonly httpAllow: readonly string[];
  /** How much one execution may hold. */
  readonly limits: ExecutionLimits;
  /** How much may wait for the workers before the web server takes no more; 0: it takes everything. */
  readonly admissionBacklog: number;
  /** What a worker process does: drive executions, run dispatched actions, or both. */
  readonly workerRuns: 'all' | 'executions' | 'jobs';
  /** Dispatched actions that one process runs at the same time. */
  readonly jobConcurrency: number;
  /** How this process sends mail; null: it sends none. The address may hold a password. */
  readonly smtp: { readonly url: string; readonly from: string } | null;
  /** Where people reach the web server, without a slash at its end: links in mails begin with it. */
  readonly publicUrl: string;
}

/**
 * Reads an environment.
 * @throws EnvironmentError with one sentence for each wrong or missing value.
 */
export function parseEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  // An empty value means "not given": that is what `VAR= command` and most container tools say.
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) throw new EnvironmentError(parsed.error.issues.map((issue) => issue.message).join(' '));
  const value = parsed.data;
  if (value.BATON_SMTP_URL !== undefined && value.BATON_MAIL_FROM === undefined) {
    throw new EnvironmentError(
      'BATON_MAIL_FROM is not set: mail servers want to know who sends, such as baton@example.com.',
    );
  }
  return {
    databaseUrl: value.DATABASE_URL,
    redisUrl: value.REDIS_URL,
    port: value.PORT,
    dataDir: value.DATA_DIR,
    isDemo: value.BATON_DEMO,
    authSecret: value.AUTH_SECRET,
    metricsToken: value.BATON_METRICS_TOKEN,
    logLevel: value.LOG_LEVEL,
    databasePoolSize: value.BATON_DATABASE_POOL,
    codeVersion: value.BATON_CODE_VERSION,
    workerId: value.BATON_WORKER_ID,
    replacesWorker: value.BATON_REPLACES_WORKER,
    watchdogMs: value.BATON_WATCHDOG_MS,
    workerMemoryBytes: value.BATON_WORKER_MEMORY_MB === undefined ? null : value.BATON_WORKER_MEMORY_MB * 1_048_576,
    workerHealthPort: value.BATON_WORKER_HEALTH_PORT,
    httpAllow: value.BATON_HTTP_ALLOW ?? [],
    limits: limitsOf({
      history_length: value.BATON_LIMIT_HISTORY,
      payload_size: value.BATON_LIMIT_PAYLOAD,
      mailbox_size: value.BATON_LIMIT_MAILBOX,
      commands_per_run: value.BATON_LIMIT_COMMANDS,
    }),
    admissionBacklog: value.BATON_ADMISSION_BACKLOG,
    workerRuns: value.BATON_WORKER_RUNS,
    jobConcurrency: value.BATON_JOB_CONCURRENCY,
    smtp:
      value.BATON_SMTP_URL === undefined || value.BATON_MAIL_FROM === undefined
        ? null
        : { url: value.BATON_SMTP_URL, from: value.BATON_MAIL_FROM },
    publicUrl: (value.BATON_PUBLIC_URL ?? `http://localhost:${value.PORT}`).replace(/\/+$/, ''),
  };
}

let parsedOnce: Environment | undefined;

/**
 * The environment of this process.
 * @throws EnvironmentError at the first call where a value is wrong or missing.
 */
export function env(): Environment {
  parsedOnce ??= parseEnvironment(process.env);
  return parsedOnce;
}

/**
 * Whether this code runs inside the web server, where a request may have a session. Written out in full: the build
 * replaces the expression by its value.
 */
export function isInsideWebServer(): boolean {
  return process.env.NEXT_RUNTIME !== undefined;
}

/** Whether the web server is the one for developers. Written out in full: the build replaces the expression by its value. */
export function isDevelopmentServer(): boolean {
  return process.env.NODE_ENV === 'development';
}
