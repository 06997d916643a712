/**
 * Named interleavings of sessions on Postgres, drawn by a seed: two workers at a time, one of them displaced and not
 * aware of it, people who send, transactions that stay open while others go on, statements that arrive late. One step is
 * over before the next begins, so that a seed does the same again. What must hold is checked at every answer and at the
 * end.
 */
import { randomUUID } from 'node:crypto';
import postgres, { type ReservedSql, type Sql } from 'postgres';
import type { ExecutionKey } from '../../model/ports/store';
import { insertExecutions } from '../../persistence/startExecutions';
import { absentHintPublisher } from '../../streams/absentHints';
import { silentLogger } from '../../telemetry/silentLogger';
import { silentMetrics } from '../../telemetry/silentMetrics';
import { startedBody } from '../contract/startedBody';
import { callOf } from '../contract/storeFixture';
import { Dice } from '../simulation/dice';
import { checkLogs, type Expected } from './sessionChecks';
import { SessionWorker, type Sent, type Told } from './sessionWorker';
import type { Statements } from './statements/statements';

const stepsPerSeed = 50;
const tenant = 'acme';

/** What was begun and is to be ended by a later step. */
interface Open {
  /** Dies with its worker, if it is one's. */
  readonly worker: SessionWorker | null;
  readonly end: () => Promise<void>;
}

type Step = () => unknown;

/** @returns what did not hold, the first first. */
export async function driveSessions(options: {
  readonly seed: string;
  readonly url: string;
  readonly statements: Statements;
}): Promise<readonly string[]> {
  const drive = new Drive(options);
  try {
    return await drive.run();
  } finally {
    await drive.close();
  }
}

class Drive {
  readonly #dice: Dice;
  readonly #sql: Sql;
  readonly #partitionId: number;
  readonly #executions: ExecutionKey[] = [];
  readonly #workers: SessionWorker[] = [];
  readonly #told: Told[] = [];
  readonly #expected: Expected[] = [];
  readonly #open: Open[] = [];
  readonly #violations: string[] = [];
  /** Effects that were committed, by execution and command. */
  readonly #effects = new Map<string, number>();
  #count = 0;

  constructor(private readonly options: Parameters<typeof driveSessions>[0]) {
    this.#dice = new Dice(options.seed);
    this.#sql = postgres(options.url, { max: 4, onnotice: () => undefined });
    this.#partitionId = this.#dice.between(0, 63);
  }

  async run(): Promise<readonly string[]> {
    await this.#begin();
    const steps = this.#steps();
    for (let n = 0; n < stepsPerSeed && this.#violations.length === 0; n += 1) await this.#dice.pick(steps)();
    if (this.#violations.length === 0) await this.#comeToRest();
    if (this.#violations.length === 0) {
      const { wanted, ...seen } = { wanted: this.#executions, told: this.#told, expected: this.#expected };
      this.#violations.push(...(await checkLogs(this.#sql, wanted, seen)));
      for (const [call, times] of this.#effects) {
        if (times > 1) this.#violations.push(`the effect of ${call} was committed ${times} times`);
      }
    }
    return this.#violations;
  }

  async close(): Promise<void> {
    // What is open is let go, so that no connection is in use.
    for (const { end } of this.#open.splice(0)) await end().catch(() => undefined);
    for (const worker of this.#workers) worker.close();
    await this.#sql.end({ timeout: 5 });
  }

  async #begin(): Promise<void> {
    for (let n = 0; n < 2; n += 1) {
      const key = { executionId: randomUUID(), partitionId: this.#partitionId };
      const { workflow: workflowName, trigger, initialData, seed, startedBy } = startedBody(key.executionId);
      const first = { workflowName, trigger, initialData, seed, startedBy, subject: null, workflowKey: null };
      await insertExecutions(this.#sql, [{ ...key, ...first, tenant }]);
      this.#executions.push(key);
    }
    await this.#addWorker();
  }

  /** Each as often as it is to be likely. */
  #steps(): [Step, ...Step[]] {
    const often = (times: number, step: Step): Step[] => Array.from({ length: times }, () => step);
    return [
      () => this.#takeover(),
      ...often(8, () => this.#work()),
      ...often(5, () => this.#write()),
      ...often(4, () => this.#zombieActs()),
      ...often(4, () => this.#send()),
      ...often(2, () => this.#sendSlowly()),
      ...often(2, () => this.#submit()),
      ...often(2, () => this.#submitSlowly()),
      ...often(3, () => this.#wait()),
      ...often(2, () => this.#look()),
      ...often(2, () => this.#openAction(this.#anyone())),
      ...often(2, () => this.#delay()),
      ...often(5, () => this.#endOne()),
      () => this.#owner().heartbeat(),
      () => this.#crash(),
    ];
  }

  // Workers

  async #addWorker(): Promise<void> {
    const { statements, url } = this.options;
    const told = (each: Told) => this.#told.push(each);
    const broken = (sentence: string) => this.#violations.push(sentence);
    const worker = new SessionWorker(`worker ${this.#workers.length + 1}`, { statements, url, told, broken });
    this.#workers.push(worker);
    const { workerId } = worker;
    await worker.membership.register({ workerId, host: 'test', pid: 1, codeVersion: '1' }, 600_000);
    await this.#sql`UPDATE workflow_partitions SET worker_id = ${workerId} WHERE partition_id = ${this.#partitionId}`;
    for (const key of this.#executions) await worker.load(key);
  }

  #owner(): SessionWorker {
    const owner = this.#workers.at(-1);
    if (!owner) throw new Error('Nobody owns the partition.');
    return owner;
  }

  /** Mostly the owner; else one that was displaced. */
  #anyone(): SessionWorker {
    const displaced = this.#workers.at(-2);
    return displaced && this.#dice.chance(0.4) ? displaced : this.#owner();
  }

  /** The owner stalls for longer than its lease, and goes on later as if nothing had been. */
  async #takeover(): Promise<void> {
    const { statements } = this.options;
    const displaced = this.#owner();
    await statements.createPostgresMembership(this.#sql).fenceExpired({ knownDead: displaced.workerId });
    displaced.isFenced = true;
    await this.#addWorker();
  }

  /** The owner's process ends; what it had open is rolled back. */
  async #crash(): Promise<void> {
    const dead = this.#owner();
    await this.#sql`
      SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = ${dead.sessionName}`;
    await this.#untilGone(dead.sessionName);
    dead.isDead = true;
    dead.close();
    const kept = this.#open.filter(({ worker }) => worker !== dead);
    const lost = this.#open.filter(({ worker }) => worker === dead);
    this.#open.splice(0, this.#open.length, ...kept);
    await this.#takeover();
    this.#workers.splice(this.#workers.indexOf(dead), 1);
    for (const { end } of lost) await end().catch(() => undefined);
  }

  async #untilGone(sessionName: string): Promise<void> {
    for (;;) {
      const rows = await this.#sql`SELECT 1 FROM pg_stat_activity WHERE application_name = ${sessionName}`;
      if (rows.length === 0) return;
    }
  }

  // What workers do

  /** The owner looks for work, and takes what it finds. */
  async #work(): Promise<boolean> {
    const owner = this.#owner();
    const query = { partitions: [this.#partitionId], limit: 10_000, horizonMs: 0 };
    const found = new Set((await owner.store.findWork(query)).executions.map((key) => key.executionId));
    for (const key of this.#executions) {
      if (!found.has(key.executionId)) continue;
      if (!owner.beliefs.has(key.executionId)) await owner.load(key);
      await owner.take(key);
    }
    return this.#executions.some((key) => found.has(key.executionId));
  }

  #write(): Promise<void> {
    return this.#owner().flush(this.#anExecution());
  }

  async #zombieActs(): Promise<void> {
    const displaced = this.#workers.at(-2);
    if (!displaced) return;
    const key = this.#anExecution();
    if (this.#dice.chance(0.5)) await displaced.take(key);
    await displaced.flush(key);
  }

  #wait(): void {
    this.#count += 1;
    this.#owner().wait(this.#anExecution(), this.#count, this.#anOrder());
  }

  async #look(): Promise<void> {
    const owner = this.#owner();
    await this.options.statements.lookForEvents(owner.bus, owner.toLookFor.splice(0));
  }

  #delay(): void {
    const sent: Sent | null = this.#anyone().delay(this.#anExecution());
    if (sent) this.#open.push({ worker: sent.worker, end: sent.carryOut });
  }

  async #openAction(worker: SessionWorker): Promise<void> {
    const key = this.#anExecution();
    const commandId = `book#${this.#dice.between(1, 2)}`;
    let mayEnd: () => void = () => undefined;
    const ending = new Promise<void>((resolve) => (mayEnd = resolve));
    let begun: () => void = () => undefined;
    const hasBegun = new Promise<void>((resolve) => (begun = resolve));
    const row = { actionName: 'book', isolationLevel: 'READ COMMITTED', params: {}, attempts: 1 } as const;
    const transacting = worker.results.transact({
      ...row,
      call: callOf(key, commandId),
      startedAtMs: 0,
      work: async (open) => {
        await open.run({ sql: 'SELECT 1', bindings: [] });
        begun();
        await ending;
        return { resultText: '1', completedAtMs: 1 };
      },
    });
    await Promise.race([hasBegun, transacting]);
    const end = async (): Promise<void> => {
      mayEnd();
      const outcome = await transacting;
      if (outcome.kind === 'failed' && !worker.isDead) {
        this.#violations.push(`an action of ${worker.name} failed: ${String(outcome.error)}`);
      }
      if (outcome.kind !== 'committed') return;
      if (worker.isFenced) this.#violations.push(`${worker.name} was fenced, and its action was committed`);
      const call = `${commandId} of ${key.executionId}`;
      this.#effects.set(call, (this.#effects.get(call) ?? 0) + 1);
    };
    this.#open.push({ worker, end });
  }

  // What others do

  async #send(): Promise<void> {
    await this.#insertSignal(this.#sql, this.#anExecution());
  }

  /** A sender whose commit comes later than those of others after it. */
  async #sendSlowly(): Promise<void> {
    await this.#slowly(async (transaction) => {
      await this.#insertSignal(transaction, this.#anExecution());
      return () => Promise.resolve();
    });
  }

  async #insertSignal(sql: Sql, { executionId }: ExecutionKey): Promise<void> {
    const event = { name: 'A', type: 'A', payload: {}, user_id: null, event_id: randomUUID(), timestamp: '' };
    await this.options.statements.insertSignals(sql, [{ tenant, executionId, event }]);
    this.#expected.push({ kind: 'signal', executionId, eventId: event.event_id });
  }

  async #submit(): Promise<void> {
    await (
      await this.#submitIn(this.#sql)
    )();
  }

  async #submitSlowly(): Promise<void> {
    await this.#slowly((transaction) => this.#submitIn(transaction));
  }

  async #submitIn(sql: Sql): Promise<() => Promise<void>> {
    const quiet = { logger: silentLogger, metrics: silentMetrics, hints: absentHintPublisher };
    const live = { publish: () => Promise.resolve(), close: () => Promise.resolve() };
    const order = this.#anOrder();
    const input = { tenant, userId: null, eventType: 'PAID', payload: { order } };
    const deps = { ...quiet, live, sql: this.#sql };
    const { eventId, afterCommit } = await this.options.statements.submitEventIn(deps, sql, input);
    this.#expected.push({ kind: 'bus', order, eventId });
    return afterCommit;
  }

  /** @param work answers with what is to be done after the commit. */
  async #slowly(work: (transaction: Sql) => Promise<() => Promise<void>>): Promise<void> {
    // Each has a connection: some stay for the statements between.
    if (this.#open.filter(({ worker }) => worker === null).length > 1) return this.#endOne();
    const transaction: ReservedSql = await this.#sql.reserve();
    await transaction`BEGIN`;
    const afterCommit = await work(transaction);
    const end = async (): Promise<void> => {
      await transaction`COMMIT`;
      transaction.release();
      await afterCommit();
    };
    this.#open.push({ worker: null, end });
  }

  async #endOne(): Promise<void> {
    const [ended] = this.#open.splice(this.#dice.between(0, Math.max(0, this.#open.length - 1)), 1);
    await ended?.end();
  }

  // The end

  /** What is open ends, sweeps do what was left undone, and the owner takes all that it finds. */
  async #comeToRest(): Promise<void> {
    while (this.#open.length > 0) await this.#endOne();
    const owner = this.#owner();
    for (let round = 0; round < 20 && this.#violations.length === 0; round += 1) {
      for (const key of this.#executions) await owner.flush(key);
      await this.#look();
      await this.#sweepBus(owner);
      if (!(await this.#work())) return;
    }
    this.#violations.push('it never comes to rest');
  }

  async #sweepBus({ bus }: SessionWorker): Promise<void> {
    const { fanOut, lookForEvents } = this.options.statements;
    const ours = new Set(this.#executions.map((key) => key.executionId));
    const waits = await bus.findNotLookedFor({ partitions: [this.#partitionId], limit: 10_000 });
    const ourWaits = waits.filter((wait) => ours.has(wait.executionId));
    await lookForEvents(bus, ourWaits);
    await fanOut(bus, await bus.findNotFannedOut({ minAgeMs: 0, limit: 10_000 }));
  }

  #anExecution(): ExecutionKey {
    const [first, second] = this.#executions;
    if (!first || !second) throw new Error('There are no executions.');
    return this.#dice.pick([first, second]);
  }

  #anOrder(): string {
    return `${this.options.seed}-${this.#dice.between(1, 3)}`;
  }
}
