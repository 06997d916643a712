/**
 * Calls back when the code awaits, races or chains this promise the next time, once. A promise of which nothing was
 * heard yet is all the same to whoever uses it then.
 * @param onUse answers false where whoever uses it now does not count.
 */
export function onNextUse<T>(promise: Promise<T>, onUse: () => boolean): void {
  function then<A = T, B = never>(
    fulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    if (onUse()) for (const name of ['then', 'constructor'] as const) Reflect.deleteProperty(promise, name);
    return Promise.prototype.then.call(promise, fulfilled, rejected) as Promise<A | B>;
  }
  void Object.defineProperties(promise, {
    then: { value: then, configurable: true },
    // `await` goes past the `then` of a promise that is one of this process's own class and nothing else.
    constructor: { value: undefined, configurable: true },
  });
}
