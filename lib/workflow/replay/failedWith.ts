/** Which command an execution failed with, if it was one. */

/** How far causes of errors are followed. */
const maxCauses = 10;

export class FailedCommands {
  readonly #commandOf = new WeakMap<object, string>();

  /** This error is what the code was told of the command's failure. */
  remember(error: Error, commandId: string): void {
    this.#commandOf.set(error, commandId);
  }

  /**
   * The command whose failure became `thrown`, looked for in its causes too; else the one whose failure the code was
   * just told of, since it may throw words of its own.
   */
  behind(thrown: unknown, justTold: string | null): string | null {
    let error = thrown;
    for (let depth = 0; depth < maxCauses && typeof error === 'object' && error !== null; depth += 1) {
      const commandId = this.#commandOf.get(error);
      if (commandId !== undefined) return commandId;
      const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown };
      error = cause ?? (Array.isArray(errors) ? errors.at(-1) : undefined);
    }
    return justTold;
  }
}
