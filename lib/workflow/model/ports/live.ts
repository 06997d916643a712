// Change notices for open pages. A notice carries no data: a page that hears one reads again what its user may see.

export type LiveTopic = 'task' | 'execution' | 'invoice' | 'member';

export interface LiveChange {
  readonly tenant: string;
  readonly topic: LiveTopic;
  readonly id: string;
}

/** What a page hears. `*` means that anything may have changed. */
export type LiveNotice = { readonly topic: LiveTopic; readonly id: string } | { readonly topic: '*'; readonly id: '*' };

export interface LivePublisher {
  /** Announces committed changes; doubles are merged. Never rejects and never waits longer than some 200 ms. */
  publish(request: { readonly changes: readonly LiveChange[] }): Promise<void>;
  close(): Promise<void>;
}

export interface LiveHub {
  /** Hears the notices of one tenant until the returned function is called. The listener must not throw. */
  subscribe(request: { readonly tenant: string; readonly listener: (notice: LiveNotice) => void }): () => void;
  close(): Promise<void>;
}
