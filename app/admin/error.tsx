'use client';
import { Failure } from '@/components/shell/failure';

export default function ConsoleError({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  return <Failure error={error} retry={retry} home={{ href: '/admin', word: 'Go to the console' }} />;
}
