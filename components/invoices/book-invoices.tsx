'use client';
import { ActProblem } from '@/components/ui/act-problem';
import type { ActionAnswer } from '@/components/ui/action-types';
import { Icon } from '@/components/ui/icons';
import { useAct } from '@/components/ui/use-act';

/** Sends all approved invoices to accounting that were not sent yet. */
export function BookInvoices({ count, book }: { readonly count: number; readonly book: () => Promise<ActionAnswer> }) {
  const { act, pending, failure } = useAct();
  const what = `${count} ${count === 1 ? 'invoice' : 'invoices'}`;
  return (
    <>
      <ActProblem text={failure?.text ?? null} code={failure?.code ?? null} />
      <button
        className="btn"
        type="button"
        aria-busy={pending}
        onClick={() => act(book, `${what} on the way to accounting`)}
      >
        {pending ? <Icon name="retrying" /> : null}
        Book {count} approved
      </button>
    </>
  );
}
