import Link from 'next/link';
import { Icon } from '@/components/ui/icons';
import { Time } from '@/components/ui/time';
import type { TaskDefinitionRow } from '@/lib/queries/taskDefinitions';

/** Task definitions, one line each. */
export function DefinitionsTable({
  label,
  rows,
}: {
  readonly label: string;
  readonly rows: readonly TaskDefinitionRow[];
}) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="tbl">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className="c-o">
              Type
            </th>
            <th scope="col">Form</th>
            <th scope="col" className="c-o">
              For
            </th>
            <th scope="col" className="r c-o">
              Changed
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.taskType}>
              <td>
                <Link className="subj" href={`/admin/task-definitions/${row.scope}/${row.taskType}`}>
                  {row.name}
                </Link>
                {row.isReplaced ? <span className="tag">yours comes first</span> : null}
                <span className="only-s mono">{row.taskType}</span>
              </td>
              <td className="c-o mono soft">{row.taskType}</td>
              <td>
                <FormCell row={row} />
              </td>
              <td className="c-o">{row.defaultRoles.length > 0 ? row.defaultRoles.join(', ') : 'administrator'}</td>
              <td className="r c-o">
                {row.editedByName === null ? (
                  <span className="muted">as shipped</span>
                ) : (
                  <>
                    {row.editedByName}, <Time at={row.updatedAt} style="compact" />
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FormCell({ row }: { readonly row: TaskDefinitionRow }) {
  if (row.formVersion === null) {
    return (
      <span className="st tone-fail">
        <Icon name="alert" />
        No version yet
      </span>
    );
  }
  return (
    <>
      <span className="mono">{row.formName}</span> <span className="muted">v{row.formVersion}</span>
    </>
  );
}
