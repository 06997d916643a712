/** Leads to what an error's code means and what to do; nothing where there is no such page. */
export function ErrorHelp({ code }: { readonly code: string | null }) {
  return code === null ? null : (
    <a className="err-help" href={`/docs/errors/${code}`} target="_blank" rel="noreferrer">
      What {code} means
    </a>
  );
}
