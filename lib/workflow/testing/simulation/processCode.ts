/** Which code each process of a simulation has: in some runs deploys are halfway, and some processes lack workflows. */
import type { WorkflowDefinition } from '../../model/workflow';
import { Dice } from './dice';
import { formerWorkflows, simulatedWorkflows } from './workflows';

export interface ProcessCode {
  readonly codeVersion: string;
  /** From before the deploy. */
  readonly isFormer: boolean;
  readonly definition: (name: string, version: string) => WorkflowDefinition | undefined;
  /** As a worker registers them: `name@version`. */
  readonly definitions: readonly string[];
}

/** A share of runs is so mixed that their other dice need not know of it. */
const mixedShare = 0.2;

export class DrawnCode {
  readonly #dice: Dice;
  readonly isMixed: boolean;
  /** How often a worker had to put an execution off. */
  lacking = 0;

  /**
   * @param options.isOver whether every process that begins now has all code.
   * @param options.isMixed instead of leaving it to the seed.
   */
  constructor(
    seed: string,
    private readonly options: { readonly isOver: () => boolean; readonly isMixed?: boolean | undefined },
  ) {
    this.#dice = new Dice(`${seed}:code`);
    const drawn = this.#dice.chance(mixedShare);
    this.isMixed = options.isMixed ?? drawn;
  }

  draw(): ProcessCode {
    const { isOver } = this.options;
    if (!this.isMixed || isOver()) return this.#codeOf(this.isMixed ? '2' : '1', new Set());
    const share = this.#dice.pick([0, 0.3, 0.7]);
    const lacks = new Set([...simulatedWorkflows.keys()].filter(() => this.#dice.chance(share)));
    return this.#codeOf(this.#dice.pick(['1', '2']), lacks);
  }

  #codeOf(codeVersion: string, lacks: ReadonlySet<string>): ProcessCode {
    const isFormer = this.isMixed && codeVersion === '1';
    return {
      codeVersion,
      isFormer,
      definition: (name) => {
        if (lacks.has(name)) this.lacking += 1;
        if (lacks.has(name)) return undefined;
        return (isFormer ? formerWorkflows.get(name) : undefined) ?? simulatedWorkflows.get(name);
      },
      definitions: [...simulatedWorkflows.values()].flatMap(({ name, version }) =>
        lacks.has(name) ? [] : [`${name}@${version}`],
      ),
    };
  }
}
