/**
 * Which values the log can hold. What code passes on is stored as JSON, and code gets back what was stored: so a value
 * that JSON would change is refused at the call, by a message that names the place in it.
 *
 * Held are texts, finite numbers, booleans, null, lists and plain objects of these; dates, and other objects with a
 * method `toJSON`, as what that says. Three things are no change: a member that is `undefined` is left out, `undefined`
 * as the whole value is null, and -0 is 0.
 */
import { UnstorableValueError } from './errors';
import { decodeJson, hasUnstorableText, isStorableText } from './json';

/**
 * Encodes a value that code passes on.
 * @param what names it in the message, as `The result of action "charge"`.
 * @param root begins the path in the message, as in `result.items[2].price`; empty where the members have names enough.
 * @throws UnstorableValueError for what JSON or the database would change.
 */
export function encodeValue(value: unknown, what: string, root = ''): string {
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
    if ((value === undefined || isHeld(value)) && !hasUnstorableText(text ?? '')) return text ?? 'null';
  } catch (error) {
    cause = error;
  }
  const fault = faultIn(value, []) ?? { path: '', says: reasonOf(cause) };
  throw new UnstorableValueError(`${what} cannot be stored: ${named(root, fault.path)} ${fault.says}`, { cause });
}

/** One walk without a note of where it is: hardly any value is refused. Values with circles do not come here. */
function isHeld(value: unknown): boolean {
  if (typeof value === 'object') return value === null || isHeldObject(value);
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function isHeldObject(value: object): boolean {
  // An index, since what is missing in a list counts as well.
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) if (!isHeld(value[i])) return false;
    return true;
  }
  if (hasOwnForm(value)) return !isBroken(value) && isHeld(value.toJSON());
  if (!isPlain(value)) return false;
  const members = value as Readonly<Record<string, unknown>>;
  for (const name in members) {
    const member = members[name];
    if (member !== undefined && !isHeld(member)) return false;
  }
  return true;
}

/** Of this realm or of another one. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

function hasOwnForm(value: object): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown }).toJSON === 'function';
}

/** Bytes have a form that nobody asks for, and dates that are none would be null. */
function isBroken(value: object): boolean {
  return ArrayBuffer.isView(value) || (tagOf(value) === 'Date' && Number.isNaN(Number(value)));
}

const tagOf = (value: object): string => Object.prototype.toString.call(value).slice(8, -1);

interface Fault {
  readonly path: string;
  readonly says: string;
}

/** The first place at which the value is not held, and what is there. */
function faultIn(value: unknown, around: readonly object[]): Fault | null {
  if (typeof value !== 'object' || value === null) return faultOfScalar(value, around.length === 0);
  if (around.includes(value)) return at('is part of itself. Store what it is known by, such as an id.');
  if (around.length > deepest) return at(`is nested deeper than ${deepest} levels. Store it elsewhere, or in parts.`);
  const within = [...around, value];
  if (Array.isArray(value)) return firstOf(value.keys(), (index) => below(`[${index}]`, faultIn(value[index], within)));
  if (hasOwnForm(value) && !isBroken(value)) return faultIn(value.toJSON(), within);
  if (hasOwnForm(value) || !isPlain(value)) return at(aboutInstance(value));
  return firstOf(Object.entries(value), ([name, member]) => {
    const step = /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    if (!isStorableText(name)) return below(step, at(unstorableText('has a name that')));
    return member === undefined ? null : below(step, faultIn(member, within));
  });
}

const deepest = 1_000;

function faultOfScalar(value: unknown, isWhole: boolean): Fault | null {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? null : at(`is ${value}. JSON has no such number: store null, or a text.`);
    case 'string':
      return isStorableText(value) ? null : at(unstorableText('is a text that'));
    case 'undefined':
      return isWhole ? null : at('is undefined. A list keeps its places: store null.');
    case 'bigint':
      return at('is a BigInt. Store its digits as a text.');
    case 'function':
    case 'symbol':
      return at(`is a ${typeof value}. Only data can be stored.`);
    default:
      return null;
  }
}

const unstorableText = (subject: string): string =>
  `${subject} holds the character NUL or half of a surrogate pair. Store bytes as base64.`;

function aboutInstance(value: object): string {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 'holds bytes. Store them as base64.';
  const tag = tagOf(value);
  switch (tag) {
    case 'Date':
      return 'is an invalid date. Store null.';
    case 'Map':
      return 'is a Map. Store Object.fromEntries(it), or a list of its entries.';
    case 'Set':
      return 'is a Set. Store a list: [...it].';
    case 'Promise':
      return 'is a promise. Await it first.';
    case 'Error':
      return 'is an error. Store its message and what else is needed of it.';
    default: {
      const { constructor } = value as { constructor?: { name?: unknown } };
      const name = typeof constructor?.name === 'string' && constructor.name !== '' ? constructor.name : tag;
      return `is an instance of ${name}. Store plain data, or give the class a method toJSON.`;
    }
  }
}

function firstOf<T>(items: Iterable<T>, look: (item: T) => Fault | null): Fault | null {
  for (const item of items) {
    const fault = look(item);
    if (fault) return fault;
  }
  return null;
}

const at = (says: string): Fault => ({ path: '', says });
const below = (step: string, fault: Fault | null): Fault | null => fault && { ...fault, path: step + fault.path };

/** `result.items[2].price`; without a root `items[2].price`. */
function named(root: string, path: string): string {
  return root + (root === '' && path.startsWith('.') ? path.slice(1) : path) || 'it';
}

function reasonOf(cause: unknown): string {
  return `cannot be written as JSON (${cause instanceof Error ? cause.message : String(cause)}).`;
}

/** A copy as the log will give it back. */
export function storedCopy(value: unknown, what: string, root = ''): ReturnType<typeof decodeJson> {
  return decodeJson(encodeValue(value, what, root));
}
