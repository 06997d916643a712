/** Sends what a person types to the server, a moment after they paused, one save at a time and the newest last. */
import type { JsonObject } from '@/lib/forms/types';
import { forgetTyped, keepTyped, typedHere, type TypedBy } from './typed-here';

/** `refused`: the server will not have it; `unreachable`: it could not be asked, and is asked again by itself. */
export type DraftState = 'none' | 'restored' | 'unsaved' | 'saved' | 'refused' | 'unreachable';

/** Long enough not to save each letter, short enough that nobody looks away meanwhile. */
const pauseMs = 600;
/** How soon it is tried again without a connection. */
const retryMs = 5000;

export class DraftSaver {
  readonly #by: TypedBy;
  readonly #save: (data: JsonObject) => Promise<boolean>;
  readonly #tell: (state: DraftState) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsaved: JsonObject | undefined;
  #isSaving = false;
  #isHeld = false;

  constructor(options: {
    readonly by: TypedBy;
    /** False: it was refused. Throws when the server could not be reached. */
    readonly save: (data: JsonObject) => Promise<boolean>;
    readonly tell: (state: DraftState) => void;
  }) {
    this.#by = options.by;
    this.#save = options.save;
    this.#tell = options.tell;
  }

  type(data: JsonObject): void {
    this.#unsaved = data;
    keepTyped(this.#by, data);
    this.#tell('unsaved');
    this.#flushIn(pauseMs);
  }

  /** What the page before this one could not save. */
  resume(data: JsonObject): void {
    this.#unsaved = data;
    this.#flushIn(0);
  }

  /** Saves at once what is not saved. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    const data = this.#unsaved;
    if (data === undefined || this.#isSaving || this.#isHeld) return;
    this.#unsaved = undefined;
    // Typed anew by another opening of the same task: that one is saved.
    if (typedHere(this.#by) !== data) return;
    this.#isSaving = true;
    const state = await this.#save(data).then(
      (isKept) => (isKept ? 'saved' : 'refused'),
      () => 'unreachable' as const,
    );
    this.#isSaving = false;
    if (this.#unsaved !== undefined) return this.flush();
    if (state === 'saved') {
      if (typedHere(this.#by) === data) forgetTyped(this.#by);
    } else {
      this.#unsaved = data;
      if (state === 'unreachable') this.#flushIn(retryMs);
    }
    this.#tell(state);
  }

  /** The answer is being sent: a draft saved behind it would say nothing. */
  hold(): void {
    this.#isHeld = true;
    clearTimeout(this.#timer);
  }

  /** The answer was not taken: typing goes on, and what is not saved is saved after all. */
  goOn(): void {
    this.#isHeld = false;
    if (this.#unsaved !== undefined) this.#flushIn(retryMs);
  }

  /** The answer is sent: there is nothing left to keep. */
  forget(): void {
    this.hold();
    this.#unsaved = undefined;
    forgetTyped(this.#by);
  }

  #flushIn(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isHeld) this.#timer = setTimeout(() => void this.flush(), ms);
  }
}
