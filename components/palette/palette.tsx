'use client';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import {
  commandsOfPage,
  holdersOfKeys,
  useKeyCommand,
  type Command,
  type CommandGroup,
} from '@/components/ui/commands';
import { PaletteBox, type OptionGroup } from './palette-box';
import { beginsFirst, fits } from './match-commands';
import { useFind, type Find } from './use-find';

/** The order of the groups, and what stands above each. */
const groupWords: Readonly<Record<CommandGroup, string>> = {
  here: 'Here',
  views: 'Views',
  go: 'Go to',
  filters: 'Filters',
  you: 'For you',
};

/**
 * Everything by typing: what can be done on this page, where one can go, and tasks and executions by their words. Opened
 * by its key or its button; Escape closes it, and the focus goes back to where it was.
 */
export function CommandPalette({
  shell,
  find,
}: {
  readonly shell: 'work' | 'console';
  /** null: there is nothing to look for. */
  readonly find: Find | null;
}) {
  const router = useRouter();
  const dialog = useRef<HTMLDialogElement>(null);
  const [commands, setCommands] = useState<readonly Command[]>([]);
  const [typed, setTyped] = useState('');
  const { found, isLooking, hasFailed } = useFind(typed, find);

  useKeyCommand('palette', {
    // It is open when it could be chosen.
    words: 'Search or act',
    run: () => {
      setCommands(readyCommands());
      setTyped('');
      dialog.current?.showModal();
    },
  });

  const isAsking = typed.trim() !== '';
  const groups: readonly OptionGroup[] = [
    ...(Object.keys(groupWords) as CommandGroup[]).map((group) => ({
      title: groupWords[group],
      options: beginsFirst(
        typed,
        commands.filter(
          (command) => command.group === group && (isAsking || !command.isAskedFor) && fits(typed, command.words),
        ),
      ),
    })),
    {
      title: 'Tasks',
      options: found.tasks.map(({ taskId, title, about, note, href }) => ({
        id: taskId,
        words: title,
        about,
        note,
        icon: 'inbox' as const,
        run: () => router.push(href),
      })),
    },
    {
      title: 'Executions',
      options: found.executions.map(({ executionId, title, about, note, href }) => ({
        id: executionId,
        words: title,
        about,
        note,
        icon: 'flow' as const,
        run: () => router.push(href),
      })),
    },
  ].filter(({ options }) => options.length > 0);

  return (
    <PaletteBox
      shell={shell}
      dialog={dialog}
      typed={typed}
      onType={setTyped}
      groups={groups}
      status={statusText({ groups, isLooking, hasFailed, isAsking })}
      label={find === null ? 'What to do, or where to go' : 'What to do, where to go, or words of a task'}
      hint={find === null ? 'Do or go' : 'Do, go, or find a task'}
    />
  );
}

/** What can be done now. A key is shown at the command that has it: of two, the other one is done here alone. */
function readyCommands(): readonly Command[] {
  const holders = holdersOfKeys();
  return commandsOfPage()
    .filter(({ isReady = true, words }) => isReady && words !== 'Search or act')
    .map((command) => {
      const key = command.keys?.[0];
      return key !== undefined && holders.get(key)?.words === command.words ? command : { ...command, keys: [] };
    });
}

function statusText({
  groups,
  isLooking,
  hasFailed,
  isAsking,
}: {
  readonly groups: readonly OptionGroup[];
  readonly isLooking: boolean;
  readonly hasFailed: boolean;
  readonly isAsking: boolean;
}): string {
  if (isLooking) return 'Looking…';
  if (hasFailed) return 'Tasks could not be looked for. Check your connection.';
  const count = groups.reduce((sum, { options }) => sum + options.length, 0);
  if (count === 0) return 'Nothing fits. Words are found by how they begin.';
  return isAsking ? `${count} ${count === 1 ? 'fits' : 'fit'}` : '';
}
