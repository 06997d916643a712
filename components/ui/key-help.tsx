'use client';
import { useRef } from 'react';
import { Icon } from './icons';
import { useKey, useSingleKeys } from './keys';

export interface KeyLine {
  readonly keys: readonly string[];
  readonly does: string;
}

/** The list of keys of a page, opened by "?" or by its button. */
export function KeyHelp({ lines }: { readonly lines: readonly KeyLine[] }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [on, setOn] = useSingleKeys();
  const open = () => dialog.current?.showModal();
  useKey('?', open);
  return (
    <>
      <button className="hint-btn" type="button" onClick={open}>
        <kbd className="key">J</kbd> <kbd className="key">K</kbd> move, <kbd className="key">?</kbd> all keys
      </button>
      <dialog className="dlg work" ref={dialog} aria-labelledby="key-help">
        <header>
          <h2 id="key-help" className="grow">
            Keys
          </h2>
          <button
            className="btn btn-ghost btn-icon"
            type="button"
            aria-label="Close"
            onClick={() => dialog.current?.close()}
          >
            <Icon name="x" />
          </button>
        </header>
        <dl>
          {lines.map((line) => (
            <div className="key-line" key={line.does}>
              <dt>
                {line.keys.map((key) => (
                  <kbd className="key" key={key}>
                    {key}
                  </kbd>
                ))}
              </dt>
              <dd>{line.does}</dd>
            </div>
          ))}
        </dl>
        <label className="key-switch">
          <input className="check" type="checkbox" checked={on} onChange={(event) => setOn(event.target.checked)} />
          Single keys act on this device
        </label>
      </dialog>
    </>
  );
}
