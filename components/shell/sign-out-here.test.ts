import { redirect } from 'next/navigation';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepTyped, typedHere } from '@/components/task/typed-here';
import { signOutHere } from './sign-out-here';

const by = { userId: 'mia', taskId: 't1' };

describe('signing out', () => {
  beforeEach(() => keepTyped(by, { comment: 'mine' }));

  it('forgets what was typed in the tab', async () => {
    await signOutHere(async () => undefined);
    expect(typedHere(by)).toBeUndefined();
  });

  it('forgets it where the action answers by leading to the sign-in page', async () => {
    await expect(signOutHere(async () => redirect('/sign-in'))).rejects.toThrow('NEXT_REDIRECT');
    expect(typedHere(by)).toBeUndefined();
  });

  it('keeps it where the server could not be reached: the person is still signed in', async () => {
    await expect(signOutHere(() => Promise.reject(new TypeError('no network')))).rejects.toThrow('no network');
    expect(typedHere(by)).toEqual({ comment: 'mine' });
  });
});
