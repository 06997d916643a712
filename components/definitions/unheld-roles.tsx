import Link from 'next/link';
import { Icon } from '@/components/ui/icons';

/** Says that tasks would be asked of roles that nobody has, and what to do: their definition is kept all the same. */
export function UnheldRoles({
  wanted,
  held,
}: {
  /** The roles of a definition. */
  readonly wanted: readonly string[];
  /** Those that somebody has. */
  readonly held: readonly string[];
}) {
  const unheld = [...new Set(wanted.filter((role) => !held.includes(role)))];
  return (
    <div role="status">
      {unheld.length === 0 ? null : (
        <p className="note tone-time">
          <Icon name="alert" />
          <span>
            <b>
              Nobody has the {unheld.length === 1 ? 'role' : 'roles'} {inWords.format(unheld)}.
            </b>{' '}
            {unheld.length < new Set(wanted).size
              ? 'Its tasks reach those with the other roles alone.'
              : 'Its tasks wait in the inbox of nobody, unless the workflow names who is to do them.'}{' '}
            Give somebody the role under <Link href="/admin/members">Members</Link>, or name another one.
          </span>
        </p>
      )}
    </div>
  );
}

const inWords = new Intl.ListFormat('en-GB');
