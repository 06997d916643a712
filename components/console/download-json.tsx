'use client';
import type { ExecutionView } from '@/lib/queries/execution';
import { Icon } from '@/components/ui/icons';

/** Saves the execution with its history and what its actions did as one file. */
export function DownloadJson({ view }: { readonly view: ExecutionView }) {
  return (
    <button
      className="btn btn-ghost"
      type="button"
      onClick={() => {
        const { header, entries, actions } = view;
        const file = new Blob([JSON.stringify({ execution: header, history: entries, actions }, null, 2)], {
          type: 'application/json',
        });
        const address = URL.createObjectURL(file);
        const link = document.createElement('a');
        link.href = address;
        link.download = `execution-${header.executionId}.json`;
        link.click();
        setTimeout(() => URL.revokeObjectURL(address), 1000);
      }}
    >
      <Icon name="download" />
      Download JSON
    </button>
  );
}
