import type { ReactNode } from 'react';

/**
 * Stands for the Markdown reader of the form library, a third of its size. Our templates draw every text themselves and
 * none of it is Markdown; what is left are the library's own messages on schemas that it cannot draw.
 */
export function Markdown({ children }: { readonly children?: ReactNode }) {
  return <>{children}</>;
}
