/** Where one can go in the console, by what a person may open: the navigation and the palette read the same. */
import type { IconName } from '@/components/ui/icons';

/** Which parts of the console a person may open. */
export interface ConsoleParts {
  readonly executions: boolean;
  readonly attachments: boolean;
  readonly definitions: boolean;
  readonly members: boolean;
  readonly health: boolean;
}

export interface Place {
  readonly href: string;
  readonly word: string;
  readonly icon: IconName;
}

const groups: readonly {
  readonly word: string;
  readonly places: readonly (Place & { readonly part: keyof ConsoleParts })[];
}[] = [
  {
    word: 'Run',
    places: [
      { part: 'executions', href: '/admin/executions', word: 'Executions', icon: 'flow' },
      { part: 'executions', href: '/admin/dead-letters', word: 'Dead letters', icon: 'alert' },
    ],
  },
  {
    word: 'Build',
    places: [
      { part: 'attachments', href: '/admin/attachments', word: 'Attachments', icon: 'plug' },
      { part: 'definitions', href: '/admin/task-definitions', word: 'Task definitions', icon: 'form' },
    ],
  },
  {
    word: 'People',
    places: [
      { part: 'members', href: '/admin/members', word: 'Members', icon: 'users' },
      { part: 'members', href: '/admin/roles', word: 'Roles', icon: 'layers' },
    ],
  },
  { word: 'Watch', places: [{ part: 'health', href: '/admin/health', word: 'Health', icon: 'pulse' }] },
];

/** Places of the console in their groups; a group without any is left out. */
export function consoleGroups(
  parts: ConsoleParts,
): readonly { readonly word: string; readonly places: readonly Place[] }[] {
  return groups
    .map(({ word, places }) => ({ word, places: places.filter(({ part }) => parts[part]) }))
    .filter(({ places }) => places.length > 0);
}

/** Everywhere that a person may go, by the palette. */
export function placesOf({
  sees,
  parts,
}: {
  readonly sees: { readonly work: boolean; readonly newInvoice: boolean };
  readonly parts: ConsoleParts;
}): readonly Place[] {
  const work: readonly (Place & { readonly isSeen: boolean })[] = [
    { isSeen: sees.work, href: '/inbox', word: 'Inbox', icon: 'inbox' },
    { isSeen: sees.work, href: '/invoices', word: 'Invoices', icon: 'file' },
    { isSeen: sees.newInvoice, href: '/invoices/new', word: 'New invoice', icon: 'plus' },
  ];
  return [...work.filter(({ isSeen }) => isSeen), ...consoleGroups(parts).flatMap(({ places }) => places)];
}
