/** Sends what a person types to the server, a moment after they paused, one save at a time and the newest last. */
import type { JsonObject } from '@/lib/forms/types';

export type DraftState = 'none' | 'restored' | 'unsaved' | 'saved' | 'failed';

/** What was typed in this tab and the server may not have yet: a task that is opened again starts from it. */
const typedHere = new Map<string, JsonObject>();

export const typedButUnsaved = (taskId: string): JsonObject | undefined => typedHere.get(taskId);

/** Long enough not to save each letter, short enough that nobody looks away meanwhile. */
const pauseMs = 600;

export class DraftSaver {
  readonly #taskId: string;
  readonly #save: (data: JsonObject) => Promise<boolean>;
  readonly #tell: (state: DraftState) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsaved: JsonObject | undefined;
  #isSaving = false;
  #isHeld = false;

  constructor(options: {
    readonly taskId: string;
    /** False: it was not kept. */
    readonly save: (data: JsonObject) => Promise<boolean>;
    readonly tell: (state: DraftState) => void;
  }) {
    this.#taskId = options.taskId;
    this.#save = options.save;
    this.#tell = options.tell;
  }

  type(data: JsonObject): void {
    this.#unsaved = data;
    typedHere.set(this.#taskId, data);
    this.#tell('unsaved');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), pauseMs);
  }

  /** Saves at once what is not saved. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    const data = this.#unsaved;
    if (data === undefined || this.#isSaving || this.#isHeld) return;
    this.#unsaved = undefined;
    this.#isSaving = true;
    const isKept = await this.#save(data).catch(() => false);
    this.#isSaving = false;
    if (this.#unsaved !== undefined) return this.flush();
    if (isKept && typedHere.get(this.#taskId) === data) typedHere.delete(this.#taskId);
    if (!isKept) this.#unsaved = data;
    this.#tell(isKept ? 'saved' : 'failed');
  }

  /** The answer is being sent: a draft saved behind it would say nothing. */
  hold(): void {
    this.#isHeld = true;
    clearTimeout(this.#timer);
  }

  /** The answer was refused: typing goes on. */
  goOn(): void {
    this.#isHeld = false;
  }

  /** The answer is sent: there is nothing left to keep. */
  forget(): void {
    this.hold();
    this.#unsaved = undefined;
    typedHere.delete(this.#taskId);
  }
}
