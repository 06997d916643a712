import { describe, expect, it } from 'vitest';
import { beliefAbout, believedAccess, type Beliefs } from './beliefs';

const beliefs: Beliefs = new Map([
  ['t1', { as: 'mine', until: 4 }],
  ['t3', { as: 'free', until: null }],
]);

describe('what is believed of a task', () => {
  it('holds while the server is asked, whatever is read meanwhile', () => {
    expect(beliefAbout(beliefs, { taskId: 't3', version: 3 })).toBe('free');
    expect(beliefAbout(beliefs, { taskId: 't3', version: 9 })).toBe('free');
  });

  it('holds until the version that the server answered with is shown', () => {
    expect(beliefAbout(beliefs, { taskId: 't1', version: 3 })).toBe('mine');
  });

  it('gives way to what the server shows then', () => {
    expect(beliefAbout(beliefs, { taskId: 't1', version: 4 })).toBeNull();
  });

  it('says nothing of other tasks', () => {
    expect(beliefAbout(beliefs, { taskId: 't2', version: 3 })).toBeNull();
  });
});

describe('what one may do as far as it is believed', () => {
  const access = { mayClaim: true, mayRelease: false, mayHandOn: false, mayAsk: false, isMine: false, mayRead: true };

  it('is what who has the task may, once it was claimed', () => {
    expect(believedAccess(access, 'mine')).toEqual({
      mayClaim: false,
      mayRelease: true,
      mayHandOn: true,
      mayAsk: true,
      isMine: true,
      mayRead: true,
    });
  });

  it('is what everybody may, once it was given back', () => {
    expect(believedAccess(believedAccess(access, 'mine'), 'free')).toEqual(access);
  });

  it('is what the server says otherwise', () => {
    expect(believedAccess(access, null)).toBe(access);
  });
});
