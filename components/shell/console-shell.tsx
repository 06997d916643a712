import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';
import { PaletteButton } from '@/components/palette/palette-button';
import type { Find } from '@/components/palette/use-find';
import { Icon } from '@/components/ui/icons';
import { ThemeToggle } from '@/components/ui/theme-toggle';
import { AccountMenu } from './account-menu';
import { Brand, SkipLink } from './brand';
import { NavLink } from './nav-link';
import { consoleGroups, placesOf } from './places';
import { PlacesMenu } from './places-menu';
import { ShellCommands } from './shell-commands';
import type { ShellPerson } from './work-shell';

/** Console: dense. A sidebar with the parts that this person may open, and nothing else. */
export function ConsoleShell({
  person,
  find,
  signOut,
  children,
}: {
  readonly person: ShellPerson;
  readonly find: Find;
  readonly signOut: () => Promise<unknown>;
  readonly children: ReactNode;
}) {
  const groups = consoleGroups(person.parts);
  return (
    <div className="console">
      <SkipLink />
      <div className="frame">
        <nav className="side" aria-label="Console">
          <Brand href="/">
            <span className="count">{person.place}</span>
          </Brand>
          <PlacesMenu groups={groups} />
          <PaletteButton />
          {groups.map(({ word, places }) => (
            <Fragment key={word}>
              <p className="grp">{word}</p>
              {places.map((place) => (
                <NavLink key={place.href} href={place.href}>
                  <Icon name={place.icon} />
                  {place.word}
                </NavLink>
              ))}
            </Fragment>
          ))}
          <div className="foot">
            <ThemeToggle label />
            {person.sees.work ? (
              <NavLink href="/inbox">
                <Icon name="inbox" />
                Go to the inbox
              </NavLink>
            ) : null}
            <AccountMenu
              name={person.name}
              email={person.email}
              place={person.place}
              trigger={person.name}
              hasSettings={person.sees.work}
              signOut={signOut}
            />
          </div>
          <div className="side-s">
            <PaletteButton />
            {person.sees.work ? (
              <Link className="btn btn-ghost btn-icon" href="/inbox" aria-label="Go to the inbox">
                <Icon name="inbox" />
              </Link>
            ) : null}
            <ThemeToggle />
            <AccountMenu
              name={person.name}
              email={person.email}
              place={person.place}
              hasSettings={person.sees.work}
              signOut={signOut}
            />
          </div>
        </nav>
        {children}
        <ShellCommands
          shell="console"
          places={placesOf(person)}
          hasSettings={person.sees.work}
          find={person.sees.work ? find : null}
          signOut={signOut}
        />
      </div>
    </div>
  );
}
