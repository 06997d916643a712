import { ErrorHelp } from './error-help';
import { Icon } from './icons';

/** What went wrong with an act, in words for whoever pressed; with its code, operators can look it up. */
export function ActProblem({ text, code = null }: { readonly text: string | null; readonly code?: string | null }) {
  return text === null ? null : (
    <p className="note tone-fail act-problem" role="alert">
      <Icon name="alert" />
      <span>
        {text} <ErrorHelp code={code} />
      </span>
    </p>
  );
}
