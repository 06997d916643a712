import { durationMs } from '../../model/durations';
import { InvalidInputError } from '../../model/errors';
import { isOpenTask } from '../../model/status';
import type { ScriptedEvent, Scenario, TaskAnswer } from './scenario';
import type { Stack, Standstill } from './stack';

interface Planned {
  readonly atMs: number;
  readonly run: () => Promise<void>;
}

/** The people and systems of a scenario: they act when their time has come, or when the workflow asks for them. */
export class Script {
  readonly #stack: Stack;
  readonly #scenario: Scenario;
  /** In order of time; of the same time in the order of the scenario. */
  #planned: Planned[] = [];
  #onDemand: ScriptedEvent[];
  readonly #asked = new Set<string>();

  constructor(stack: Stack, scenario: Scenario) {
    this.#stack = stack;
    this.#scenario = scenario;
    const startMs = stack.nowMs();
    const events = scenario.events ?? [];
    for (const event of events) {
      if (event.after === undefined) continue;
      this.#plan(startMs + durationMs(event.after), () => this.#send(event));
    }
    this.#onDemand = events.filter(({ after }) => after === undefined);
  }

  get nextAtMs(): number | null {
    return this.#planned[0]?.atMs ?? null;
  }

  /** Does what is due by the clock. True when there was something. */
  async actDue(): Promise<boolean> {
    let acted = false;
    for (let next = this.#planned[0]; next && next.atMs <= this.#stack.nowMs(); next = this.#planned[0]) {
      this.#planned = this.#planned.slice(1);
      await next.run();
      acted = true;
    }
    return acted;
  }

  /** Sees what the workflow asks for now. True when somebody acted at once. */
  async look(seen: Standstill): Promise<boolean> {
    this.#lookAtTasks(seen);
    if (await this.actDue()) return true;
    const event = this.#onDemand.find(({ name }) => seen.awaited.includes(name));
    if (!event) return false;
    this.#onDemand = this.#onDemand.filter((each) => each !== event);
    await this.#send(event);
    return true;
  }

  #lookAtTasks({ tasks }: Standstill): void {
    for (const task of tasks) {
      if (!isOpenTask(task.status) || this.#asked.has(task.taskId)) continue;
      this.#asked.add(task.taskId);
      const { tasks: answering = {} } = this.#scenario;
      const answers = answering[task.taskType];
      const answer = typeof answers === 'function' ? answers(task) : answers;
      if (!answer) continue;
      const atMs = task.createdAtMs + (answer.after === undefined ? 0 : durationMs(answer.after));
      this.#plan(atMs, () => this.#answer(task.taskId, answer));
    }
  }

  async #answer(taskId: string, answer: TaskAnswer): Promise<void> {
    await this.#stack.answer(taskId, answer);
  }

  async #send({ name, type = name, payload = {}, userId, to = 'execution' }: ScriptedEvent): Promise<void> {
    if (name === '') throw new InvalidInputError('An event of the script needs a name.');
    const timestamp = new Date(this.#stack.nowMs()).toISOString();
    const event = { name, type, payload, user_id: userId ?? null, event_id: crypto.randomUUID(), timestamp };
    await this.#stack.send(event, to);
  }

  #plan(atMs: number, run: Planned['run']): void {
    const at = this.#planned.findIndex((each) => each.atMs > atMs);
    const planned = { atMs, run };
    this.#planned = at < 0 ? [...this.#planned, planned] : this.#planned.toSpliced(at, 0, planned);
  }
}
