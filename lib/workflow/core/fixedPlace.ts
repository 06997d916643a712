/**
 * Workflow code gives the same text on every machine: what names no locale means American English there, and the time
 * zone of a process that runs workflow code is UTC. A history that was made on one host is run again on others.
 */
import { env as variables } from 'node:process';

const locale = 'en-US';

// As soon as this is loaded: formats that modules make for themselves keep the zone that they find.
variables.TZ = 'UTC';

/** Methods of which the locale is the first argument, or as said here. */
const methods: readonly (readonly [prototype: object, name: string, argument?: number])[] = [
  [Number.prototype, 'toLocaleString'],
  [BigInt.prototype, 'toLocaleString'],
  [Array.prototype, 'toLocaleString'],
  [Object.getPrototypeOf(Uint8Array.prototype) as object, 'toLocaleString'],
  [Date.prototype, 'toLocaleString'],
  [Date.prototype, 'toLocaleDateString'],
  [Date.prototype, 'toLocaleTimeString'],
  [String.prototype, 'toLocaleLowerCase'],
  [String.prototype, 'toLocaleUpperCase'],
  [String.prototype, 'localeCompare', 1],
];
const formats = [
  'Collator',
  'DateTimeFormat',
  'DisplayNames',
  'ListFormat',
  'NumberFormat',
  'PluralRules',
  'RelativeTimeFormat',
  'Segmenter',
] as const;

type Method = (this: unknown, ...args: unknown[]) => unknown;

export function fixPlace(isInWorkflow: () => boolean): void {
  /** The arguments with the locale in its place, where code of a workflow left it out. */
  const placed = (args: unknown[], at: number): unknown[] => {
    if (args[at] !== undefined || !isInWorkflow()) return args;
    return Array.from({ length: Math.max(args.length, at + 1) }, (_, index) => (index === at ? locale : args[index]));
  };
  for (const [prototype, name, at = 0] of methods) {
    const real = Object.getOwnPropertyDescriptor(prototype, name);
    const method = real?.value as Method;
    const value = {
      [name](this: unknown, ...args: unknown[]) {
        return method.apply(this, placed(args, at));
      },
    }[name];
    Object.defineProperty(prototype, name, { ...real, value });
  }
  for (const name of formats) {
    const Real = Intl[name] as unknown as new (...args: unknown[]) => object;
    const Placed = new Proxy(Real, {
      construct: (target, args: unknown[], newTarget) =>
        Reflect.construct(target, placed(args, 0), newTarget) as object,
      apply: (target, self, args: unknown[]): unknown =>
        Reflect.apply(target as unknown as Method, self, placed(args, 0)),
    });
    Object.defineProperty(Intl, name, { value: Placed, writable: true, configurable: true });
    Object.defineProperty(Real.prototype, 'constructor', { value: Placed, writable: true, configurable: true });
  }
}
