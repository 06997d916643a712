import { describe, expect, it } from 'vitest';
import { decodeLiveMessage, encodeLiveMessage } from './liveChannel';

describe('live messages', () => {
  it('carry changes unchanged', () => {
    const changes = [{ tenant: 'acme', topic: 'task', id: 't1' }] as const;
    expect(decodeLiveMessage(encodeLiveMessage(changes))).toEqual(changes);
  });

  it('of another shape are not understood', () => {
    expect(decodeLiveMessage('{')).toBeUndefined();
    expect(decodeLiveMessage('[{"tenant":"acme","topic":"weather","id":"1"}]')).toBeUndefined();
  });
});
