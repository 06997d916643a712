/** Draws programs: equal dice, equal programs. */
import type { Dice } from '../simulation/dice';
import type { ParentClosePolicy } from '../../model/relations';
import type { Program, ProgramAction, Step } from './program';

/** Steps of one program, loops unrolled, at most: everything must come to its end in some seconds of virtual time. */
const maxSteps = 36;
const maxDepth = 3;

type Kind = Step['do'];

interface Scope {
  readonly depth: number;
  /** Rounds of the loops around, multiplied. */
  readonly times: number;
  /** Events of this branch alone. */
  readonly branch: string;
  /** A child's: nobody outside knows it before it runs. */
  readonly isChild?: boolean;
  /** Whether an error here is caught, and no brother of this branch throws one. */
  readonly mayThrow: boolean;
}

const actions: readonly [ProgramAction, ...ProgramAction[]] = ['charge', 'book', 'book', 'flaky', 'refuse'];

const policies: readonly [ParentClosePolicy, ...ParentClosePolicy[]] = ['terminate', 'cancel', 'abandon'];

/** @param options.isAlone without events of the bus, children and further runs. */
export function drawProgram(dice: Dice, { isAlone = false }: { readonly isAlone?: boolean } = {}): Program {
  return new Generator(dice, isAlone).draw();
}

class Generator {
  #left = maxSteps;
  #lastId = 0;
  #lastBranch = 0;
  /** What is drawn is for a later run. */
  #isLater = false;

  constructor(
    private readonly dice: Dice,
    private readonly isAlone: boolean,
  ) {}

  draw(): Program {
    const program = this.#steps({ depth: 0, times: 1, branch: 'E', mayThrow: this.dice.chance(0.05) }, 2, 7);
    if (program.length === 0) return [{ do: 'act', id: 'a', action: 'book' }];
    if (this.isAlone || program.at(-1)?.do === 'throw' || !this.dice.chance(0.15)) return program;
    this.#lastId += 1;
    this.#isLater = true;
    return [...program, { do: 'goOn', id: `g${this.#lastId}`, rest: this.draw() }];
  }

  #steps(scope: Scope, least: number, most: number): Step[] {
    const steps: Step[] = [];
    const count = this.dice.between(least, most);
    for (let i = 0; i < count && this.#left >= scope.times; i += 1) {
      const step = this.#step(scope);
      steps.push(step);
      if (step.do === 'throw') break;
    }
    return steps;
  }

  #step(scope: Scope): Step {
    const { dice } = this;
    this.#left -= scope.times;
    const kind = this.#kind(scope);
    this.#lastId += 1;
    const id = `${kind.charAt(0)}${this.#lastId}`;
    const inner = { ...scope, depth: scope.depth + 1 };
    switch (kind) {
      case 'state':
      case 'data':
      case 'throw':
        return { do: kind, id };
      case 'act':
        return { do: kind, id, action: dice.pick(actions) };
      case 'wait': {
        const timeoutMs = dice.chance(0.5) ? dice.between(1, 25) * 100 : null;
        const late = timeoutMs !== null && scope.depth < maxDepth ? this.#steps(inner, 0, 2) : [];
        return { do: kind, id, names: this.#names(scope), timeoutMs, late };
      }
      case 'sleep':
        return { do: kind, id, ms: dice.between(0, 12) * 100 };
      case 'task': {
        const expiresInMs = dice.chance(0.4) ? dice.between(2, 40) * 100 : null;
        const timeoutMs = dice.chance(0.3) ? dice.between(2, 40) * 100 : null;
        return { do: kind, id, expiresInMs, timeoutMs, work: dice.between(0, 2) };
      }
      case 'race': {
        const sleepsMs = Array.from({ length: dice.between(1, 2) }, () => dice.between(0, 15) * 100);
        return { do: kind, id, names: this.#names(scope), sleepsMs };
      }
      case 'loop': {
        const times = dice.between(1, 4);
        return { do: kind, id, times, body: this.#steps({ ...inner, times: scope.times * times }, 1, 3) };
      }
      case 'child': {
        const body = this.#steps({ ...inner, times: scope.times, isChild: true, mayThrow: dice.chance(0.3) }, 1, 3);
        return { do: kind, id, body, policy: dice.pick(policies) };
      }
      case 'match':
        // A run that goes on as another one does not see what was announced before its own beginning.
        return { do: kind, id, timeoutMs: this.#isLater || dice.chance(0.5) ? dice.between(1, 30) * 100 : null };
      case 'scope':
        return { do: kind, id, body: this.#steps(inner, 1, 3) };
      case 'duel': {
        const acts = Array.from({ length: dice.between(1, 3) }, () =>
          dice.pick<ProgramAction>(['charge', 'book', 'flaky']),
        );
        return { do: kind, id, actions: acts, sleepMs: dice.between(0, 6) * 50 };
      }
      case 'goOn':
        return { do: 'state', id };
      case 'try':
        return { do: kind, id, body: this.#steps({ ...inner, mayThrow: true }, 1, 3) };
      case 'parallel': {
        const count = dice.between(2, 4);
        const thrower = scope.mayThrow ? dice.between(0, count) : count;
        const branches = Array.from({ length: count }, (_, index) => {
          this.#lastBranch += 1;
          return this.#steps({ ...inner, branch: `E${this.#lastBranch}`, mayThrow: index === thrower }, 1, 3);
        });
        return { do: kind, id, branches };
      }
    }
  }

  #kind({ depth, mayThrow, isChild = false }: Scope): Kind {
    if (isChild) {
      const own: [Kind, ...Kind[]] = ['act', 'act', 'sleep', 'state', 'data'];
      if (depth < maxDepth) own.push('loop', 'parallel', 'try', 'scope');
      if (mayThrow) own.push('throw');
      return this.dice.pick(own);
    }
    const simple: [Kind, ...Kind[]] = ['act', 'act', 'act', 'wait', 'wait', 'sleep', 'task', 'race', 'state', 'data'];
    if (depth < maxDepth) simple.push('loop', 'parallel', 'parallel', 'try', 'scope');
    simple.push('duel');
    if (!this.isAlone) simple.push('match', ...(depth < maxDepth ? (['child'] as const) : []));
    if (mayThrow) simple.push('throw');
    return this.dice.pick(simple);
  }

  #names({ branch }: Scope): string[] {
    return this.dice.pick<string[]>([[`${branch}a`], [`${branch}b`], [`${branch}a`, `${branch}b`]]);
  }
}
