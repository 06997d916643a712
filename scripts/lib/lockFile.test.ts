import { describe, expect, it } from 'vitest';
import { completeLock, findDownloadAddresses, findMissingOptional, platformOf } from './lockFile.mjs';

const lock = {
  lockfileVersion: 3,
  packages: {
    '': { name: 'app', devDependencies: { tool: '1.0.0' } },
    'node_modules/tool': {
      version: '1.0.0',
      dev: true,
      resolved: 'https://example.test/tool.tgz',
      optionalDependencies: { '@tool/linux-x64-musl': '1.0.0', '@tool/darwin-arm64': '^1.0.0' },
    },
    'node_modules/tool/node_modules/@tool/darwin-arm64': { version: '1.0.0', optional: true },
  },
};

describe('lock completion', () => {
  it('names the optional dependencies that the lock lacks', () => {
    expect(findMissingOptional(lock).map(({ name }) => name)).toEqual(['@tool/linux-x64-musl']);
  });

  it('adds an entry with version and platform, marked as its dependent is', () => {
    expect(completeLock(lock).packages['node_modules/@tool/linux-x64-musl' as keyof typeof lock.packages]).toEqual({
      version: '1.0.0',
      cpu: ['x64'],
      dev: true,
      libc: ['musl'],
      optional: true,
      os: ['linux'],
    });
  });

  it('leaves nothing to complete and no download address', () => {
    const completed = completeLock(lock);
    expect(findMissingOptional(completed)).toEqual([]);
    expect(findDownloadAddresses(lock)).toEqual(['node_modules/tool']);
    expect(findDownloadAddresses(completed)).toEqual([]);
  });

  it('refuses to guess the platform of a name that does not tell it', () => {
    expect(() => platformOf('mystery')).toThrow('mystery');
    expect(platformOf('@x/oxide-wasm32-wasi')).toEqual({ os: undefined, cpu: ['wasm32'], libc: undefined });
  });
});
