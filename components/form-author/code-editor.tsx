'use client';
import { history, historyKeymap, defaultKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { EditorState, Transaction } from '@codemirror/state';
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { useEffect, useEffectEvent, useRef } from 'react';
import { pageNonce } from '@/components/ui/page-nonce';
import type { Finding } from '@/lib/forms/lint/finding';

/** A place to go to, such as that of a finding. Each one is gone to once. */
export interface Jump {
  readonly from: number;
  readonly to: number;
}

export interface CodeEditorProps {
  readonly label: string;
  /** What stands in it from the start. Later values replace the text, as a change that can be undone. */
  readonly value: string;
  readonly findings: readonly Finding[];
  readonly jump: Jump | null;
  readonly onChange: (text: string) => void;
}

/**
 * JSON with line numbers, folding, undo and marks where something is found. Tab leaves it, as it leaves every field;
 * nothing of it needs scripts or styles that a content security policy would have to allow for all.
 */
export default function CodeEditor({ label, value, findings, jump, onChange }: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const tell = useEffectEvent(onChange);
  const first = useRef(value);

  useEffect(() => {
    const parent = host.current;
    if (!parent) return;
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          EditorView.cspNonce.of(pageNonce(document) ?? ''),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
          lineNumbers(),
          foldGutter(),
          lintGutter(),
          history(),
          drawSelection(),
          highlightActiveLine(),
          bracketMatching(),
          indentOnInput(),
          json(),
          syntaxHighlighting(classHighlighter),
          EditorState.tabSize.of(2),
          EditorView.lineWrapping,
          keymap.of([...defaultKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) tell(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      first.current = editor.state.doc.toString();
      editor.destroy();
      view.current = null;
    };
  }, [label]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      annotations: Transaction.userEvent.of('input.replace'),
    });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const end = editor.state.doc.length;
    const diagnostics = findings.map(({ from, to, severity, message }): Diagnostic => {
      const at = Math.min(from, end);
      return { from: at, to: Math.max(at, Math.min(to, end)), severity, message };
    });
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }, [findings]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || !jump) return;
    const end = editor.state.doc.length;
    const from = Math.min(jump.from, end);
    editor.dispatch({
      selection: { anchor: from, head: Math.max(from, Math.min(jump.to, end)) },
      effects: EditorView.scrollIntoView(from, { y: 'center' }),
    });
    editor.focus();
  }, [jump]);

  return <div className="code-edit" ref={host} />;
}
