'use client';
import { useRouter } from 'next/navigation';
import { startTransition } from 'react';
import { CommandPalette } from '@/components/palette/palette';
import type { Find } from '@/components/palette/use-find';
import { useCommands, type Command } from '@/components/ui/commands';
import { KeyHelp } from '@/components/ui/key-help';
import { switchTheme } from '@/components/ui/theme-toggle';
import type { Place } from './places';
import { signOutHere } from './sign-out-here';

/** What can be done on every page: go elsewhere, look for something, see the keys, sign out. */
export function ShellCommands({
  shell,
  places,
  hasSettings,
  find,
  signOut,
}: {
  readonly shell: 'work' | 'console';
  readonly places: readonly Place[];
  readonly hasSettings: boolean;
  /** null: there is nothing to look for. */
  readonly find: Find | null;
  readonly signOut: () => Promise<unknown>;
}) {
  const router = useRouter();
  useCommands(() => [
    ...places.map(({ href, word, icon }): Command => ({
      words: word,
      icon,
      group: 'go',
      run: () => router.push(href),
    })),
    ...(hasSettings
      ? [{ words: 'Settings', icon: 'filter', group: 'you', run: () => router.push('/settings') } as const]
      : []),
    { words: 'Switch light and dark', icon: 'theme', group: 'you', run: switchTheme },
    { words: 'Sign out', icon: 'out', group: 'you', run: () => startTransition(() => signOutHere(signOut)) },
  ]);
  return (
    <>
      <KeyHelp shell={shell} />
      <CommandPalette shell={shell} find={find} />
    </>
  );
}
