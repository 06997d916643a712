import type { ReactNode } from 'react';
import { PaletteButton } from '@/components/palette/palette-button';
import type { Find } from '@/components/palette/use-find';
import { Icon } from '@/components/ui/icons';
import { ThemeToggle } from '@/components/ui/theme-toggle';
import { AccountMenu } from './account-menu';
import { Brand, SkipLink } from './brand';
import { NavLink } from './nav-link';
import { placesOf, type ConsoleParts } from './places';
import { ShellCommands } from './shell-commands';

export interface ShellPerson {
  readonly name: string;
  readonly email: string;
  readonly place: string;
  /** Which parts the person may open. */
  readonly sees: {
    readonly work: boolean;
    readonly newInvoice: boolean;
    readonly console: boolean;
    readonly consoleHref: string;
  };
  readonly parts: ConsoleParts;
}

/** Work: warm and sparse. Top bar, on a phone a dock at the thumb. */
export function WorkShell({
  person,
  find,
  signOut,
  children,
}: {
  readonly person: ShellPerson | null;
  readonly find: Find;
  readonly signOut: () => Promise<unknown>;
  readonly children: ReactNode;
}) {
  const links = person ? (
    <>
      {person.sees.work ? (
        <>
          <NavLink href="/inbox">
            <Icon name="inbox" />
            Inbox
          </NavLink>
          <NavLink href="/invoices">
            <Icon name="file" />
            Invoices
          </NavLink>
        </>
      ) : null}
      {person.sees.console ? (
        <NavLink href={person.sees.consoleHref}>
          <Icon name="flow" />
          Console
        </NavLink>
      ) : null}
    </>
  ) : null;
  return (
    <div className="work">
      <SkipLink />
      <header className="top">
        <Brand href="/" />
        {links ? <nav aria-label="Main">{links}</nav> : null}
        <span className="grow" />
        {person ? <PaletteButton /> : null}
        <ThemeToggle />
        {person ? (
          <AccountMenu
            name={person.name}
            email={person.email}
            place={person.place}
            hasSettings={person.sees.work}
            signOut={signOut}
          />
        ) : null}
      </header>
      {children}
      {person ? (
        <ShellCommands
          shell="work"
          places={placesOf(person)}
          hasSettings={person.sees.work}
          find={person.sees.work ? find : null}
          signOut={signOut}
        />
      ) : null}
      {person ? (
        <nav className="dock" aria-label="Main, phone">
          {person.sees.work ? (
            <>
              <NavLink href="/inbox" className="dock-link">
                <Icon name="inbox" />
                Inbox
              </NavLink>
              <NavLink href="/invoices" className="dock-link">
                <Icon name="file" />
                Invoices
              </NavLink>
            </>
          ) : null}
          {person.sees.console ? (
            <NavLink href={person.sees.consoleHref} className="dock-link">
              <Icon name="flow" />
              Console
            </NavLink>
          ) : null}
        </nav>
      ) : null}
    </div>
  );
}
