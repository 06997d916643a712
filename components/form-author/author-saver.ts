/** Sends a form under construction to the server a moment after its author paused, one save at a time. */
import type { ActionAnswer } from '@/components/ui/action-types';
import type { Finding, FormDocuments } from '@/lib/forms/lint/finding';

export type SaveState = 'clean' | 'unsaved' | 'saving' | 'saved' | 'failed' | 'stale';

export interface SavedDraft {
  readonly revision: number;
  readonly savedAt: string;
  readonly findings: readonly Finding[];
}

export type SaveDraftAction = (input: {
  readonly formName: string;
  readonly expectedRevision: number;
  readonly texts: FormDocuments;
}) => Promise<ActionAnswer<SavedDraft>>;

export interface SaveNotice {
  readonly state: SaveState;
  /** Why it was not kept, in words. */
  readonly message?: string;
  readonly saved?: SavedDraft;
  /** What the server has said its findings about. */
  readonly texts?: FormDocuments;
}

/** Long enough not to save each letter, short enough that nobody looks away meanwhile. */
const pauseMs = 700;

export class AuthorSaver {
  readonly #formName: string;
  readonly #save: SaveDraftAction;
  readonly #tell: (notice: SaveNotice) => void;
  #revision: number;
  #unsaved: FormDocuments | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> | undefined;
  #isStale = false;

  constructor(options: {
    readonly formName: string;
    /** The revision of the stored draft; 0: there is none. */
    readonly revision: number;
    readonly save: SaveDraftAction;
    readonly tell: (notice: SaveNotice) => void;
  }) {
    this.#formName = options.formName;
    this.#revision = options.revision;
    this.#save = options.save;
    this.#tell = options.tell;
  }

  get revision(): number {
    return this.#revision;
  }

  type(texts: FormDocuments): void {
    this.#unsaved = texts;
    if (this.#isStale) return;
    this.#tell({ state: 'unsaved' });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), pauseMs);
  }

  /** Saves at once what is not saved. True: the server has all that was typed. */
  async flush(): Promise<boolean> {
    clearTimeout(this.#timer);
    while (this.#saving || (this.#unsaved !== undefined && !this.#isStale)) {
      this.#saving ??= this.#send();
      const before = this.#unsaved;
      await this.#saving;
      if (before !== undefined && this.#unsaved === before) break;
    }
    return this.#unsaved === undefined;
  }

  /** Goes on from the draft that somebody else has saved: the next save is made over it. */
  rebase(revision: number): void {
    this.#revision = revision;
    this.#isStale = false;
  }

  async #send(): Promise<void> {
    const texts = this.#unsaved;
    if (texts === undefined) {
      this.#saving = undefined;
      return;
    }
    this.#tell({ state: 'saving' });
    const input = { formName: this.#formName, expectedRevision: this.#revision, texts };
    const answer = await this.#save(input).catch(() => null);
    this.#saving = undefined;
    if (answer?.ok) {
      this.#revision = answer.value.revision;
      if (this.#unsaved === texts) this.#unsaved = undefined;
      this.#tell({ state: this.#unsaved ? 'unsaved' : 'saved', saved: answer.value, texts });
      return;
    }
    this.#isStale = answer?.code === 'stale_edit';
    this.#tell({ state: this.#isStale ? 'stale' : 'failed', ...(answer && { message: answer.message }) });
  }
}
