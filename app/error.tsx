'use client';
import { Failure } from '@/components/shell/failure';

export default function RootError({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  return (
    <div className="work">
      <Failure error={error} retry={retry} home={{ href: '/', word: 'Go to the start' }} />
    </div>
  );
}
