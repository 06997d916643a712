import type { JsonValue } from '@shared/workflow/model/json';
import { asObject } from '@/components/timeline/fold';

/** How far a job is, from 0 to 1, where its report says so: a part, a percentage, or `done` of `total`. */
export function partDone(progress: JsonValue): number | null {
  const part = typeof progress === 'number' ? ratio(progress) : partOfObject(asObject(progress));
  return part === null || !Number.isFinite(part) ? null : Math.min(1, Math.max(0, part));
}

const ratio = (value: number) => (value > 1 ? value / 100 : value);

function partOfObject({ percent, done, total }: ReturnType<typeof asObject>): number | null {
  if (typeof percent === 'number') return percent / 100;
  return typeof done === 'number' && typeof total === 'number' && total > 0 ? done / total : null;
}

/** What a job reported last, in a few words; null where it reported nothing. */
export function progressText(progress: JsonValue): string | null {
  if (progress === null) return null;
  if (typeof progress === 'string') return progress;
  const { done, total } = asObject(progress);
  if (typeof done === 'number' && typeof total === 'number') return `${done} of ${total}`;
  const part = partDone(progress);
  return part === null ? JSON.stringify(progress) : `${Math.round(part * 100)} %`;
}
