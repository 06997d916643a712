import Link from 'next/link';
import type { ReactNode } from 'react';
import { Icon } from '@/components/ui/icons';
import { ThemeToggle } from '@/components/ui/theme-toggle';
import { AccountMenu } from './account-menu';
import { Brand, SkipLink } from './brand';
import { NavLink } from './nav-link';
import type { ShellPerson } from './work-shell';

export interface ConsoleParts {
  readonly executions: boolean;
  readonly attachments: boolean;
  readonly definitions: boolean;
  readonly members: boolean;
  readonly health: boolean;
}

/** Console: dense. A sidebar with the parts that this person may open, and nothing else. */
export function ConsoleShell({
  person,
  parts,
  signOut,
  children,
}: {
  readonly person: ShellPerson;
  readonly parts: ConsoleParts;
  readonly signOut: () => Promise<unknown>;
  readonly children: ReactNode;
}) {
  return (
    <div className="console">
      <SkipLink />
      <div className="frame">
        <nav className="side" aria-label="Console">
          <Brand href="/">
            <span className="count">{person.place}</span>
          </Brand>
          <div className="side-links">
            {parts.executions ? (
              <>
                <p className="grp">Run</p>
                <NavLink href="/admin/executions">
                  <Icon name="flow" />
                  <span className="nav-t">Executions</span>
                </NavLink>
              </>
            ) : null}
            {parts.executions ? (
              <NavLink href="/admin/dead-letters">
                <Icon name="alert" />
                <span className="nav-t">Dead letters</span>
              </NavLink>
            ) : null}
            {parts.attachments || parts.definitions ? <p className="grp">Build</p> : null}
            {parts.attachments ? (
              <NavLink href="/admin/attachments">
                <Icon name="plug" />
                <span className="nav-t">Attachments</span>
              </NavLink>
            ) : null}
            {parts.definitions ? (
              <NavLink href="/admin/task-definitions">
                <Icon name="form" />
                <span className="nav-t">Task definitions</span>
              </NavLink>
            ) : null}
            {parts.members ? (
              <>
                <p className="grp">People</p>
                <NavLink href="/admin/members">
                  <Icon name="users" />
                  <span className="nav-t">Members</span>
                </NavLink>
                <NavLink href="/admin/roles">
                  <Icon name="layers" />
                  <span className="nav-t">Roles</span>
                </NavLink>
              </>
            ) : null}
            {parts.health ? (
              <>
                <p className="grp">Watch</p>
                <NavLink href="/admin/health">
                  <Icon name="pulse" />
                  <span className="nav-t">Health</span>
                </NavLink>
              </>
            ) : null}
          </div>
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
      </div>
    </div>
  );
}
