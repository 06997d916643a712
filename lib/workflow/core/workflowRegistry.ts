/** Workflow code by name and version, as one process has it. */
import { InvalidInputError } from '../model/errors';
import { hashText } from '../model/hash';
import type { WorkflowDefinition, WorkflowFunction } from '../model/workflow';

export interface RegisterOptions {
  readonly name?: string;
  /** Executions stay on the version they began with. Change it when the code takes other steps. */
  readonly version?: string;
  readonly description?: string;
}

export class WorkflowRegistry {
  readonly #definitions = new Map<string, WorkflowDefinition>();
  readonly #onRegister: (definition: WorkflowDefinition) => void;

  /** @param onRegister is told of each workflow before it is known. */
  constructor(onRegister: (definition: WorkflowDefinition) => void = () => undefined) {
    this.#onRegister = onRegister;
  }

  /** A bare function is registered under its own name without the suffix: `invoiceApprovalWorkflow` is `InvoiceApproval`. */
  register(workflow: WorkflowFunction | WorkflowDefinition, options: RegisterOptions = {}): WorkflowDefinition {
    const definition = typeof workflow === 'function' ? definitionOf(workflow, options) : { ...workflow, ...options };
    const key = `${definition.name}@${definition.version}`;
    const known = this.#definitions.get(key);
    if (known && known.run !== definition.run) {
      throw new InvalidInputError(`Two workflows are registered as ${key}. Give one of them another name or version.`);
    }
    this.#onRegister(definition);
    this.#definitions.set(key, definition);
    return definition;
  }

  find(name: string, version: string): WorkflowDefinition | undefined {
    return this.#definitions.get(`${name}@${version}`);
  }

  /** `name@version` of each workflow: what a worker with this code can run. */
  get keys(): readonly string[] {
    return [...this.#definitions.keys()].sort();
  }

  /**
   * Changes with the text of the registered functions, not with what they call: enough for several workers of one
   * process, which have their files in common. A worker of the product names its build.
   */
  get fingerprint(): string {
    return hashText(this.all.map(({ name, version, run }) => `${name}@${version}:${run.toString()}`).join('\n'));
  }

  /** What a worker with these workflows tells of itself where nothing else tells its code. */
  get identity(): { readonly codeVersion: string; readonly definitions: readonly string[] } {
    return { codeVersion: this.fingerprint, definitions: this.keys };
  }

  get all(): readonly WorkflowDefinition[] {
    return [...this.#definitions.values()];
  }
}

function definitionOf(
  run: WorkflowFunction,
  { name, version = '1', description }: RegisterOptions,
): WorkflowDefinition {
  const named = name ?? nameOf(run);
  return description === undefined ? { name: named, version, run } : { name: named, version, run, description };
}

function nameOf(run: WorkflowFunction): string {
  const stem = run.name.replace(/workflow$/i, '');
  if (stem === '') {
    throw new InvalidInputError(
      'A workflow without a name cannot be registered. Name the function, or pass { name } as second argument.',
    );
  }
  return stem.charAt(0).toUpperCase() + stem.slice(1);
}
