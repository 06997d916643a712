'use client';
import { useRouter } from 'next/navigation';
import { useCommands, type CommandGroup } from './commands';
import type { IconName } from './icons';

/** Offers the links of a page in the palette, too. */
export function CommandLinks({
  group,
  links,
}: {
  readonly group: CommandGroup;
  readonly links: readonly { readonly word: string; readonly icon: IconName; readonly href: string }[];
}) {
  const router = useRouter();
  useCommands(() => links.map(({ word: words, icon, href }) => ({ words, icon, group, run: () => router.push(href) })));
  return null;
}
