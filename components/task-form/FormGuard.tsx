'use client';
import { Component, type ReactNode } from 'react';

interface FormGuardProps {
  /** What stands in place of a form that the form library could not draw. */
  readonly told: (why: string) => ReactNode;
  readonly children: ReactNode;
}

/** What a schema can do to the form library stays here: the page around the form goes on. */
export class FormGuard extends Component<FormGuardProps, { readonly message: string | null }> {
  override state = { message: null };

  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    return this.state.message === null ? this.props.children : this.props.told(this.state.message);
  }
}
