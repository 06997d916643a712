'use client';
import Link from 'next/link';
import { useId, useRef, type ReactNode } from 'react';
import { Avatar } from '@/components/ui/person';
import { Icon } from '@/components/ui/icons';
import { signOutHere } from './sign-out-here';

/** Who is signed in, and the way out. Closes on Escape and on a click elsewhere. */
export function AccountMenu({
  name,
  email,
  place,
  trigger,
  hasSettings,
  signOut,
}: {
  readonly name: string;
  readonly email: string;
  /** The tenant's name, or what stands in its place for a platform operator. */
  readonly place: string;
  /** What is clicked: the avatar alone, or with the name beside it. */
  readonly trigger?: ReactNode;
  /** Whether there is anything to choose for this person. */
  readonly hasSettings: boolean;
  readonly signOut: () => Promise<unknown>;
}) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  return (
    <div className="account">
      <button className={trigger ? 'nav' : 'me'} type="button" popoverTarget={id}>
        <Avatar name={name} />
        {trigger ?? (
          <span className="vh">
            Account menu, {name} at {place}
          </span>
        )}
      </button>
      <div className="pop" id={id} popover="auto" ref={menu}>
        <p className="pop-who">
          <b>{name}</b>
          <span>{email}</span>
          <span>{place}</span>
        </p>
        {hasSettings ? (
          <Link className="nav" prefetch={false} href="/settings" onClick={() => menu.current?.hidePopover()}>
            <Icon name="filter" />
            Settings
          </Link>
        ) : null}
        <form action={() => signOutHere(signOut)}>
          <button className="nav" type="submit">
            <Icon name="out" />
            Sign out
          </button>
        </form>
      </div>
    </div>
  );
}
