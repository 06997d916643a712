import { describe, expect, it } from 'vitest';
import { executionStatuses, taskStatuses } from '@shared/workflow/model/status';
import { executionLook, executionStatusLooks, taskLook, taskStatusWord } from './status';

describe('how a status looks', () => {
  it('has an icon and a word for every status', () => {
    expect(executionStatusLooks.map(([status]) => status)).toEqual([...executionStatuses]);
    for (const status of taskStatuses) expect(taskLook(status).word).not.toBe('');
  });

  it('says what a waiting execution waits for', () => {
    expect(executionLook({ status: 'waiting', waitingFor: 'person' }).word).toBe('Waiting for a person');
    expect(executionLook({ status: 'waiting', waitingFor: 'time' }).word).toBe('Waiting for a time');
    expect(executionLook({ status: 'waiting', waitingFor: null }).word).toBe('Waiting');
  });

  it('tells an action between two attempts, unless the execution has ended', () => {
    expect(executionLook({ status: 'running', retrying: true }).word).toBe('Retrying');
    expect(executionLook({ status: 'failed', retrying: true }).word).toBe('Failed');
  });

  it('names the person who holds or ended a task', () => {
    expect(taskStatusWord({ status: 'claimed', person: 'you' })).toBe('Claimed by you');
    expect(taskStatusWord({ status: 'completed', person: 'Mia Rossi' })).toBe('Completed by Mia Rossi');
    expect(taskStatusWord({ status: 'expired', person: null })).toBe('Expired');
    expect(taskStatusWord({ status: 'pending', person: null })).toBe('Nobody has taken it');
  });
});
