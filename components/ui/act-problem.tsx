import { Icon } from './icons';

/** What went wrong with an act, in words for whoever pressed. */
export function ActProblem({ text }: { readonly text: string | null }) {
  return text === null ? null : (
    <p className="note tone-fail act-problem" role="alert">
      <Icon name="alert" />
      {text}
    </p>
  );
}
