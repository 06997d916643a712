import type { LiveChange, LivePublisher } from '../../model/ports/live';

/** What open pages are to hear of: gathered while an engine works, told together when its commits are done. */
export class Notices {
  readonly #publisher: LivePublisher;
  #changes: LiveChange[] = [];

  constructor(publisher: LivePublisher) {
    this.#publisher = publisher;
  }

  add(change: LiveChange): void {
    this.#changes.push(change);
  }

  /** Nobody waits for it: a page that is not told looks again by itself. */
  publish(): void {
    if (this.#changes.length === 0) return;
    const changes = this.#changes;
    this.#changes = [];
    void this.#publisher.publish({ changes });
  }
}
