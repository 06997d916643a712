import { hashText } from '../model/hash';

/** Numbers in [0, 1) that depend on the seed alone. Most runs ask for none: the first call does the work. */
export function seededRandom(seed: string): () => number {
  let next: (() => number) | null = null;
  return () => (next ??= xoshiro(seed))();
}

/** xoshiro128** seeded from a hash. */
function xoshiro(seed: string): () => number {
  const bits = hashText(`${seed}:a`) + hashText(`${seed}:b`);
  let [s0, s1, s2, s3] = [0, 8, 16, 24].map((start) => parseInt(bits.slice(start, start + 8), 16) | 0) as [
    number,
    number,
    number,
    number,
  ];
  if ((s0 | s1 | s2 | s3) === 0) s0 = 1;
  return () => {
    const product = Math.imul(s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
    return (result >>> 0) / 4294967296;
  };
}

/** A version 4 UUID made of the given numbers. */
export function uuidFrom(random: () => number): string {
  const bytes = Array.from({ length: 16 }, () => Math.floor(random() * 256));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const text = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

/** A version 7 UUID that depends on its arguments alone: ids that a log brings about sort by its time. */
export function derivedId(atMs: number, text: string): string {
  const time = Math.max(0, Math.trunc(atMs)).toString(16).padStart(12, '0').slice(-12);
  const bits = hashText(`${text}:a`) + hashText(`${text}:b`);
  const variant = ((parseInt(bits.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${bits.slice(0, 3)}-${variant}${bits.slice(4, 7)}-${bits.slice(7, 19)}`;
}
