import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password';

describe('passwords', () => {
  it('verify against their own hash and no other', async () => {
    const hash = await hashPassword('demo');
    expect(await verifyPassword({ password: 'demo', hash })).toBe(true);
    expect(await verifyPassword({ password: 'Demo', hash })).toBe(false);
    expect(await verifyPassword({ password: '', hash })).toBe(false);
  });

  it('get a different hash each time', async () => {
    expect(await hashPassword('demo')).not.toBe(await hashPassword('demo'));
  });

  it('are the same however their letters were composed', async () => {
    const hash = await hashPassword('caf\u00e9');
    expect(await verifyPassword({ password: 'cafe\u0301', hash })).toBe(true);
  });

  it.each([
    '',
    'demo',
    'scrypt$$$',
    'scrypt$32768$c2FsdA$a2V5',
    'scrypt$3$c2FsdA$a2V5',
    'scrypt$1073741824$c2FsdA$a2V5',
    'md5$1$a$b',
  ])('never match %j, which is no hash of ours', async (hash) => {
    expect(await verifyPassword({ password: 'demo', hash })).toBe(false);
  });
});
