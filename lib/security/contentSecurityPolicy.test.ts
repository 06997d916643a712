import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, newNonce } from './contentSecurityPolicy';

describe('the policy of a page', () => {
  const directives = (policy: string) =>
    new Map(policy.split('; ').map((directive) => [directive.split(' ')[0], directive.split(' ').slice(1)]));

  it('lets nothing run and nothing style that does not carry the nonce or comes from this site', () => {
    const policy = contentSecurityPolicy({ nonce: 'abc', isDevelopment: false });
    expect(policy).not.toMatch(/unsafe-(inline|eval)/);
    const attribute = createHash('sha256').update('display:none').digest('base64');
    expect(directives(policy).get('style-src-attr')).toEqual(["'unsafe-hashes'", `'sha256-${attribute}'`]);
    expect(directives(policy).get('script-src')).toEqual(["'self'", "'nonce-abc'", "'strict-dynamic'"]);
    expect(directives(policy).get('style-src')).toEqual(["'self'", "'nonce-abc'"]);
    for (const never of ['object-src', 'base-uri', 'frame-src', 'frame-ancestors']) {
      expect(directives(policy).get(never), never).toEqual(["'none'"]);
    }
  });

  it('is looser where developers work, as their tools need it', () => {
    const policy = contentSecurityPolicy({ nonce: 'abc', isDevelopment: true });
    expect(directives(policy).get('script-src')).toContain("'unsafe-eval'");
    expect(directives(policy).get('script-src')).not.toContain("'unsafe-inline'");
  });

  it('has a nonce of its own each time, as browsers and the framework read them', () => {
    const nonces = Array.from({ length: 100 }, newNonce);
    expect(new Set(nonces).size).toBe(100);
    for (const nonce of nonces) expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
  });
});
