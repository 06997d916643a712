/** The server actions of the inbox as components get them. */
import type { ActionAnswer } from '@/components/ui/action-types';
import type { InboxList } from '@/lib/queries/inbox';
import type { InboxView } from '@/lib/queries/inbox-views';
import type { FilterParam } from '@/lib/queries/task-filter';

/** A view with what narrows it, as its address says it. */
export type AskedView = { readonly view: InboxView } & Readonly<Partial<Record<FilterParam, string>>>;

export interface InboxActions {
  readonly read: (
    input: AskedView & { readonly after?: string; readonly taskIds?: string[] },
  ) => Promise<ActionAnswer<InboxList>>;
  readonly saveView: (input: AskedView & { readonly name: string }) => Promise<ActionAnswer>;
  readonly removeView: (input: { readonly name: string }) => Promise<ActionAnswer>;
}
