/**
 * What a page shows of a claim or release before the server has shown it. A belief holds until the server has answered,
 * whatever is read meanwhile; then until the version that it answered with is shown.
 */
export interface Belief {
  /** `mine`: the reader has it; `free`: nobody does. */
  readonly as: 'mine' | 'free';
  /** The version that the change made; null while the server is asked. */
  readonly until: number | null;
}

export type Beliefs = ReadonlyMap<string, Belief>;

export function beliefAbout(
  beliefs: Beliefs,
  { taskId, version }: { readonly taskId: string; readonly version: number },
): Belief['as'] | null {
  const belief = beliefs.get(taskId);
  return belief && (belief.until === null || version < belief.until) ? belief.as : null;
}

interface Access {
  readonly mayClaim: boolean;
  readonly mayRelease: boolean;
  readonly mayHandOn: boolean;
  readonly mayAsk: boolean;
  readonly isMine: boolean;
}

/** What the reader may do, as far as it is believed. */
export function believedAccess<Known extends Access>(access: Known, belief: Belief['as'] | null): Known {
  if (belief === null) return access;
  const isMine = belief === 'mine';
  return { ...access, mayClaim: !isMine, mayRelease: isMine, mayHandOn: isMine, mayAsk: isMine, isMine };
}
