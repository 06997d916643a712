'use client';
import { Failure } from '@/components/shell/failure';

export default function WorkError({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  return <Failure error={error} retry={retry} home={{ href: '/', word: 'Go to the start' }} />;
}
