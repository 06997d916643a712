'use client';
import { useState } from 'react';
import { Icon } from './icons';

/** An id in mono that copies itself on click. */
export function CopyText({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setCopied] = useState(false);
  return (
    <button
      className={`cp${isCopied ? ' is-copied' : ''}`}
      type="button"
      aria-label={isCopied ? `Copied: ${text}` : `Copy ${label} ${text}`}
      title={isCopied ? 'Copied' : `Copy ${label}`}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => {
          setCopied(true);
          setTimeout(() => setCopied(false), 1500);
        });
      }}
    >
      <span>{text}</span>
      <Icon name={isCopied ? 'check' : 'copy'} />
    </button>
  );
}
