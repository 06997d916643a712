'use client';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { Finding, FormDocuments } from '@/lib/forms/lint/finding';
import { lintForm, type LintResult } from '@/lib/forms/lint/lintForm';
import { AuthorSaver, type SaveDraftAction, type SaveNotice } from './author-saver';

interface ServerFindings {
  readonly texts: FormDocuments;
  readonly findings: readonly Finding[];
}

/** A form under construction: what is typed, what is found in it, and what the server has of it. */
export function useAuthor(options: {
  readonly formName: string;
  readonly initial: FormDocuments;
  readonly revision: number;
  readonly save: SaveDraftAction;
}) {
  const [texts, setTexts] = useState(options.initial);
  const [notice, setNotice] = useState<SaveNotice>({ state: 'clean' });
  const [server, setServer] = useState<ServerFindings | null>(null);
  const [saver] = useState(
    () =>
      new AuthorSaver({
        formName: options.formName,
        revision: options.revision,
        save: options.save,
        tell: (next) => {
          setNotice(next);
          if (next.saved && next.texts) setServer({ texts: next.texts, findings: next.saved.findings });
        },
      }),
  );

  // Typing is never held up by the checks.
  const checked = useDeferredValue(texts);
  const local = useMemo(() => lintForm(checked), [checked]);
  const [drawn, setDrawn] = useState<{ readonly last: LintResult; readonly result: LintResult | null }>({
    last: local,
    result: local.form ? local : null,
  });
  // A document that is no JSON for a moment leaves the preview as it was.
  if (drawn.last !== local) setDrawn({ last: local, result: local.form ? local : drawn.result });

  useEffect(() => {
    const leave = () => void saver.flush();
    document.addEventListener('visibilitychange', leave);
    return () => {
      document.removeEventListener('visibilitychange', leave);
      leave();
    };
  }, [saver]);

  const type = (part: Partial<FormDocuments>) => {
    const next = { ...texts, ...part };
    setTexts(next);
    saver.type(next);
  };
  // What the server has said of the same texts is all of it; until then, what can be said here.
  const findings = server && sameTexts(server.texts, checked) ? server.findings : local.findings;
  return { texts, type, setTexts, notice, saver, findings, drawn: drawn.result };
}

export function sameTexts(a: FormDocuments, b: FormDocuments): boolean {
  return a.jsonSchema === b.jsonSchema && a.uiSchema === b.uiSchema && a.sampleContext === b.sampleContext;
}
