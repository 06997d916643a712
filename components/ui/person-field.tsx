'use client';
import { useEffect, useState } from 'react';
import type { ActionAnswer } from './action-types';
import { Field, type ControlProps } from './field';
import { Icon } from './icons';

interface SomePerson {
  readonly userId: string;
  readonly name: string;
}

/** People to choose from. */
export interface SomePeople {
  readonly people: readonly SomePerson[];
  /** There are more than these: the others are found by words of their names. */
  readonly hasMore: boolean;
}

export interface Choosable extends SomePeople {
  readonly find: (asked: { readonly words: string }) => Promise<ActionAnswer<SomePeople>>;
}

/** Long enough not to ask for each letter. */
const pauseMs = 200;

/** The choice of one person. Where there are more than a list can show, words of a name narrow it on the server. */
export function PersonField({
  id,
  label,
  from,
  chosen,
  problem,
  onChoose,
}: {
  readonly id: string;
  readonly label: string;
  readonly from: Choosable;
  readonly chosen: SomePerson | null;
  readonly problem: string | undefined;
  readonly onChoose: (person: SomePerson | null) => void;
}) {
  const [words, setWords] = useState('');
  const { shown, status } = useShown(words.trim(), from);
  // Whoever is chosen stays in the list, also while somebody else is looked for.
  const people = chosen && !shown.some(({ userId }) => userId === chosen.userId) ? [chosen, ...shown] : shown;
  const select = (control: ControlProps) => (
    <span className="select">
      <select
        {...control}
        className="input"
        data-path="/to"
        value={chosen?.userId ?? ''}
        onChange={(event) => onChoose(people.find(({ userId }) => userId === event.target.value) ?? null)}
      >
        <option value="">Choose…</option>
        {people.map((person) => (
          <option key={person.userId} value={person.userId}>
            {person.name}
          </option>
        ))}
      </select>
      <Icon name="down" />
    </span>
  );
  return (
    <>
      {from.hasMore ? (
        <Field id={`${id}-words`} label="Find by name" problem={undefined}>
          {(control) => (
            <input
              {...control}
              className="input"
              type="search"
              autoComplete="off"
              maxLength={200}
              value={words}
              onChange={(event) => setWords(event.target.value)}
              onKeyDown={(event) => {
                // It narrows the list, and sends nothing.
                if (event.key === 'Enter') event.preventDefault();
              }}
            />
          )}
        </Field>
      ) : null}
      <Field id={id} label={label} problem={problem}>
        {select}
      </Field>
      {from.hasMore ? (
        <p className="help" role="status">
          {status}
        </p>
      ) : null}
    </>
  );
}

/** Whom the words leave, a moment after the typing paused, and what there is to say about it. */
function useShown(words: string, from: Choosable) {
  const [answer, setAnswer] = useState<{ readonly words: string; readonly found: SomePeople | null } | null>(null);
  const { find } = from;
  useEffect(() => {
    if (words === '') return;
    let isWanted = true;
    const timer = setTimeout(() => {
      void find({ words })
        .catch(() => null)
        .then((result) => {
          if (isWanted) setAnswer({ words, found: result?.ok ? result.value : null });
        });
    }, pauseMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [words, find]);
  if (words === '') return { shown: from.people, status: `The first ${from.people.length} by name` };
  if (answer?.words !== words) return { shown: answer?.found?.people ?? from.people, status: 'Looking…' };
  if (answer.found === null)
    return { shown: from.people, status: 'Nobody could be looked for. Check your connection.' };
  const { people, hasMore } = answer.found;
  if (people.length === 0) return { shown: people, status: 'Nobody is called so' };
  const count = people.length === 1 ? 'One person fits' : `${people.length} people fit`;
  return { shown: people, status: hasMore ? `The first ${people.length} who fit, by name` : count };
}
