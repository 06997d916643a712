'use client';
import { useEffect, useId, useState, type KeyboardEvent, type RefObject } from 'react';
import { Icon, type IconName } from '@/components/ui/icons';
import { KeyText } from '@/components/ui/key';
import { keyOf } from '@/components/ui/keyboard';

/** One line to choose. */
export interface PaletteOption {
  readonly id?: string;
  readonly words: string;
  /** Below the words. */
  readonly about?: string | null;
  /** At the end of the line. */
  readonly note?: string | null;
  readonly icon: IconName;
  readonly keys?: readonly string[];
  readonly run: () => void;
}

export interface OptionGroup {
  readonly title: string;
  readonly options: readonly PaletteOption[];
}

/**
 * A field over a list, in a dialog: the focus stays in the field, the arrows choose, Enter does what is chosen. What is
 * found later is added below, so that nothing moves from under the choice.
 */
export function PaletteBox({
  shell,
  dialog,
  typed,
  onType,
  groups,
  status,
  label,
  hint,
}: {
  readonly shell: 'work' | 'console';
  readonly dialog: RefObject<HTMLDialogElement | null>;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly groups: readonly OptionGroup[];
  readonly status: string;
  readonly label: string;
  /** The same in so few words that a phone has room for them. */
  readonly hint: string;
}) {
  const id = useId();
  const [at, setAt] = useState(0);
  const all = groups.flatMap(({ options }) => options);
  const chosen = Math.min(at, all.length - 1);
  const optionId = (index: number) => `${id}-${index}`;
  const groupId = (title: string) => `${id}-${title.replaceAll(' ', '-')}`;
  useEffect(() => {
    if (chosen >= 0) document.getElementById(`${id}-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [id, chosen]);

  const close = () => dialog.current?.close();
  const run = (option: PaletteOption | undefined) => {
    if (!option) return;
    // Closed first: the focus is back where it was, and a dialog that the command opens is the only one.
    close();
    option.run();
  };
  const press = (event: KeyboardEvent) => {
    const key = keyOf(event.nativeEvent);
    if (event.nativeEvent.isComposing || key === null) return;
    const last = all.length - 1;
    if (key === 'Mod+k') close();
    else if (key === 'ArrowDown') setAt(chosen >= last ? 0 : chosen + 1);
    else if (key === 'ArrowUp') setAt(chosen <= 0 ? last : chosen - 1);
    else if (key === 'Enter') run(all[chosen]);
    else return;
    event.preventDefault();
  };

  const starts = groups.map((_, place) => groups.slice(0, place).reduce((sum, { options }) => sum + options.length, 0));
  return (
    <dialog
      className={`dlg ${shell} palette`}
      ref={dialog}
      aria-label="Search or act"
      onClose={() => setAt(0)}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div className="palette-in">
        <div className="palette-top">
          <Icon name="search" />
          <input
            type="text"
            role="combobox"
            aria-label={label}
            aria-expanded={all.length > 0}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={chosen >= 0 ? optionId(chosen) : undefined}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            enterKeyHint="go"
            maxLength={200}
            placeholder={hint}
            value={typed}
            onChange={(event) => {
              onType(event.target.value);
              setAt(0);
            }}
            onKeyDown={press}
          />
          <button className="btn btn-ghost" type="button" aria-label="Close" onClick={close}>
            <Icon name="x" />
            <KeyText name="Escape" />
          </button>
        </div>
        <div className="palette-list" role="listbox" id={`${id}-list`} aria-label="What fits" tabIndex={-1}>
          {groups.map(({ title, options }, place) => (
            <div key={title} role="group" aria-labelledby={groupId(title)}>
              <div className="grp" id={groupId(title)} role="presentation">
                {title}
              </div>
              {options.map((option, index) => {
                const own = (starts[place] ?? 0) + index;
                return (
                  // The keyboard is at the field, which tells of the chosen one.
                  <div
                    key={option.id ?? option.words}
                    className="palette-o"
                    id={optionId(own)}
                    role="option"
                    aria-selected={own === chosen}
                    onClick={() => run(option)}
                    onPointerMove={() => own !== chosen && setAt(own)}
                  >
                    <Icon name={option.icon} />
                    <span className="grow">
                      <span className="cut">{option.words}</span>
                      {option.about ? <span className="cut palette-about">{option.about}</span> : null}
                    </span>
                    {option.note ? <span className="palette-note">{option.note}</span> : null}
                    {option.keys?.[0] === undefined ? null : <KeyText name={option.keys[0]} />}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
        <p className="palette-status" role="status">
          {status}
        </p>
      </div>
    </dialog>
  );
}
