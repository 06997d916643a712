'use client';
import { usePathname } from 'next/navigation';
import { Fragment, useId, useRef } from 'react';
import { Icon } from '@/components/ui/icons';
import { isAt, NavLink } from './nav-link';
import type { Place } from './places';

/** The parts of the console on a phone: one button that says where one is, and all of them behind it, in words. */
export function PlacesMenu({
  groups,
}: {
  readonly groups: readonly { readonly word: string; readonly places: readonly Place[] }[];
}) {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const path = usePathname();
  const here = groups.flatMap(({ places }) => places).find(({ href }) => isAt(path, href));
  return (
    <div className="places">
      <button className="nav" type="button" popoverTarget={id}>
        {here ? <Icon name={here.icon} /> : null}
        <span>
          <span className="vh">Parts of the console, now at </span>
          {here?.word ?? 'Console'}
        </span>
        <Icon name="down" />
      </button>
      <div className="pop" id={id} popover="auto" ref={menu}>
        {groups.map(({ word, places }) => (
          <Fragment key={word}>
            <p className="pop-grp">{word}</p>
            {places.map((place) => (
              <NavLink key={place.href} href={place.href} onGo={() => menu.current?.hidePopover()}>
                <Icon name={place.icon} />
                {place.word}
              </NavLink>
            ))}
          </Fragment>
        ))}
      </div>
    </div>
  );
}
