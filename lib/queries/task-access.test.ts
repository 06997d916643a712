import { describe, expect, it } from 'vitest';
import { taskAccess, type TaskHolders, type TaskReader } from './task-access';

const mia: TaskReader = { userId: 'mia', roles: ['manager'], readsAll: false, assigns: false };
const alice: TaskReader = { userId: 'alice', roles: ['requester'], readsAll: false, assigns: false };
const omar: TaskReader = { userId: 'omar', roles: ['administrator'], readsAll: true, assigns: true };

const pending: TaskHolders = {
  status: 'pending',
  assignee: null,
  owner: null,
  questionTo: null,
  endedBy: null,
  candidateRoles: ['manager'],
  candidateUsers: [],
  excludedUsers: [],
  isClosing: false,
};

describe('taskAccess', () => {
  it('lets a candidate read, claim and decide a task that nobody has taken', () => {
    expect(taskAccess(pending, mia)).toMatchObject({
      mayRead: true,
      mayClaim: true,
      mayDecide: true,
      mayRelease: false,
    });
  });

  it('hides a task from people who are no candidates', () => {
    expect(taskAccess(pending, alice)).toMatchObject({ mayRead: false, mayClaim: false, mayDecide: false });
  });

  it('lets those who see all tasks read without deciding', () => {
    expect(taskAccess(pending, omar)).toMatchObject({ mayRead: true, mayClaim: false, mayDecide: false });
  });

  it('leaves a claimed task to the person who claimed it', () => {
    const claimed = { ...pending, status: 'claimed', assignee: 'mia' } as const;
    expect(taskAccess(claimed, mia)).toMatchObject({
      mayClaim: false,
      mayRelease: true,
      mayDecide: true,
      isMine: true,
    });
    expect(taskAccess(claimed, { ...mia, userId: 'max' })).toMatchObject({
      mayRead: true,
      mayClaim: false,
      mayRelease: false,
      mayDecide: false,
    });
  });

  it('keeps the excluded person out where four eyes are asked', () => {
    expect(taskAccess({ ...pending, excludedUsers: ['mia'] }, mia)).toMatchObject({ mayRead: false, mayDecide: false });
  });

  it('takes a candidate by name', () => {
    expect(taskAccess({ ...pending, candidateRoles: [], candidateUsers: ['alice'] }, alice).mayClaim).toBe(true);
  });

  it('lets a delegate work on a task and give it back, and its owner take it back, but neither decide meanwhile', () => {
    const lent = { ...pending, status: 'claimed', assignee: 'alice', owner: 'mia' } as const;
    expect(taskAccess(lent, alice)).toMatchObject({
      mayRead: true,
      mayDecide: false,
      mayRelease: false,
      mayHandOn: false,
      mayGiveBack: true,
      mayAsk: true,
    });
    expect(taskAccess(lent, mia)).toMatchObject({ mayRead: true, mayDecide: false, mayGiveBack: true, mayPlan: true });
    expect(taskAccess(lent, { ...mia, userId: 'max' }).mayGiveBack).toBe(false);
  });

  it('lets whoever is asked read the task and answer', () => {
    const asked = { ...pending, status: 'claimed', assignee: 'mia', questionTo: 'alice' } as const;
    expect(taskAccess(asked, alice)).toMatchObject({ mayRead: true, mayAnswer: true, mayDecide: false });
    expect(taskAccess(asked, mia)).toMatchObject({ mayDecide: true, mayAsk: false, mayAnswer: false });
  });

  it('lets those who assign give an open task to anybody', () => {
    expect(taskAccess(pending, omar)).toMatchObject({ mayAssign: true, mayPlan: true });
    expect(taskAccess({ ...pending, status: 'completed' }, omar)).toMatchObject({ mayAssign: false, mayPlan: false });
    expect(taskAccess(pending, mia).mayAssign).toBe(false);
  });

  it('offers nothing on a task that has ended or is being ended', () => {
    const ended = { ...pending, status: 'completed', endedBy: 'mia' } as const;
    expect(taskAccess(ended, mia)).toMatchObject({ mayRead: true, mayClaim: false, mayDecide: false });
    expect(taskAccess({ ...pending, isClosing: true }, mia)).toMatchObject({ mayClaim: false, mayDecide: false });
  });
});
