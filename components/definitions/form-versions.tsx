import Link from 'next/link';
import { Time } from '@/components/ui/time';
import type { FormVersionRow, OpenTaskRow, Scope } from '@/lib/queries/taskDefinitions';

/** The frozen versions of a form, newest first, and which open tasks were made with each. */
export function FormVersions({
  scope,
  name,
  versions,
  here,
  chosen,
  tasks,
}: {
  readonly scope: Scope;
  readonly name: string;
  readonly versions: readonly FormVersionRow[];
  /** The page's own address, where tasks can be listed; null: only their number is shown. */
  readonly here: string | null;
  /** The version whose open tasks are listed. */
  readonly chosen: number | null;
  readonly tasks: readonly OpenTaskRow[];
}) {
  return (
    <>
      <div className="scroll" tabIndex={0} role="region" aria-label="Versions of the form">
        <table className="tbl versions">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Published</th>
              <th scope="col" className="r">
                Open tasks
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.map((row, index) => (
              <tr key={row.version}>
                <td>
                  <Link className="strong" href={`/admin/forms/${scope}/${name}/versions/${row.version}`}>
                    Version {row.version}
                  </Link>
                  {index === 0 ? <span className="tag">new tasks get this one</span> : null}
                </td>
                <td>
                  {row.publishedByName ?? 'With the product'}, <Time at={row.createdAt} style="compact" />
                </td>
                <td className="r tnum">
                  {row.openTasks > 0 && here !== null ? (
                    <Link className="strong" href={`${here}?version=${row.version}#open-tasks`} scroll={false}>
                      {row.openTasks.toLocaleString('en')}
                      <span className="vh"> open tasks have version {row.version}</span>
                    </Link>
                  ) : (
                    row.openTasks.toLocaleString('en')
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {chosen === null ? null : (
        <div id="open-tasks" className="open-tasks" role="region" aria-label={`Open tasks with version ${chosen}`}>
          <h3>Open tasks with version {chosen}</h3>
          {tasks.length > 0 ? (
            <ul>
              {tasks.map((task) => (
                <li key={task.taskId}>
                  <Link href={`/tasks/${task.taskId}`}>{task.title}</Link>{' '}
                  <Time at={task.createdAt} style="compact" className="muted" />
                </li>
              ))}
            </ul>
          ) : (
            <p className="soft">None is open any more.</p>
          )}
        </div>
      )}
    </>
  );
}
