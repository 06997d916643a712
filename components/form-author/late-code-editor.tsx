'use client';
import { lazy, Suspense } from 'react';
import { useIsAlive } from '@/components/ui/once-alive';
import type { CodeEditorProps } from './code-editor';

const CodeEditor = lazy(() => import('./code-editor'));

/** The editor; until it is loaded, its text in its place, so that there is something to read and nothing moves. */
export function LateCodeEditor(props: CodeEditorProps) {
  const isAlive = useIsAlive();
  const text = (
    <pre className="code-wait" tabIndex={0} aria-busy="true">
      {props.value}
    </pre>
  );
  return isAlive ? (
    <Suspense fallback={text}>
      <CodeEditor {...props} />
    </Suspense>
  ) : (
    text
  );
}
