'use client';
import { useRef, useState } from 'react';
import { commandsOfPage, holdersOfKeys, runKeyCommand, useCommands, useKeyCommand, type Command } from './commands';
import { Icon } from './icons';
import { Key, useIsApple } from './key';
import { keyCommands } from './key-commands';
import { keyParts } from './keyboard';
import { setSingleKeys, useSingleKeys } from './single-keys';

interface KeyLine {
  readonly key: string;
  readonly does: string;
}

/** What the keys of this page do: those of their own in the order of their table, then those that a form gave. */
function keyLines(): readonly KeyLine[] {
  const holders = holdersOfKeys();
  const order: readonly string[] = Object.values(keyCommands).map(({ keys: [key] }) => key);
  const place = ({ keys: [key] = [] }: Command) =>
    order.includes(key ?? '') ? order.indexOf(key ?? '') : order.length;
  return commandsOfPage()
    .toSorted((a, b) => place(a) - place(b))
    .flatMap((command) => {
      const key = command.keys?.[0];
      // A key that something else has taken does something else.
      return key !== undefined && holders.get(key)?.words === command.words ? [{ key, does: command.words }] : [];
    });
}

/** The list of keys of the page one is on, opened by "?", from the palette or by a button. */
export function KeyHelp({ shell }: { readonly shell: 'work' | 'console' }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOn = useSingleKeys();
  const isApple = useIsApple();
  const [lines, setLines] = useState<readonly KeyLine[]>([]);
  useKeyCommand('keyHelp', {
    group: 'you',
    run: () => {
      setLines(keyLines());
      dialog.current?.showModal();
    },
  });
  useCommands(() => [
    {
      words: isOn ? 'Switch single keys off on this device' : 'Switch single keys on on this device',
      icon: 'keyboard',
      group: 'you',
      run: () => setSingleKeys(!isOn),
    },
  ]);
  return (
    <dialog className={`dlg ${shell}`} ref={dialog} aria-labelledby="key-help">
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
        {lines.map(({ key, does }) => (
          <div className="key-line" key={does}>
            <dt>
              {keyParts(key, isApple).map((part) => (
                <kbd className="key" key={part}>
                  {part}
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="key-switch">
        <input
          className="check"
          type="checkbox"
          checked={isOn}
          onChange={(event) => setSingleKeys(event.target.checked)}
        />
        Single keys act on this device
      </label>
    </dialog>
  );
}

/** Opens the list of keys. */
export function KeyHelpButton() {
  return (
    <button className="hint-btn" type="button" onClick={() => runKeyCommand('keyHelp')}>
      <Key of="next" /> <Key of="previous" /> move, <Key of="keyHelp" /> all keys
    </button>
  );
}
