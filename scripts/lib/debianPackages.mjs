// Installs a package of the distribution where that is possible without asking: root on Debian or a child of it.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** True when packages can be installed here. */
export function canInstallDebianPackages() {
  return (
    process.platform === 'linux' &&
    process.getuid() === 0 &&
    fs.existsSync('/etc/debian_version') &&
    spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0
  );
}

/**
 * Installs one package; its services are not started, since we start our own on our own ports.
 * @returns {Promise<boolean>} whether it is installed now.
 */
export async function installDebianPackage(name) {
  if (!canInstallDebianPackages()) return false;
  return withoutServices(async () => {
    const install = ['install', '-y', '--no-install-recommends', name];
    if (await aptGet(install)) return true;
    return (await aptGet(['update'])) && (await aptGet(install));
  });
}

// Debian asks this file before it starts a service; 101 means "not allowed".
async function withoutServices(work) {
  const policy = '/usr/sbin/policy-rc.d';
  if (fs.existsSync(policy)) return work();
  fs.writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await work();
  } finally {
    fs.rmSync(policy, { force: true });
  }
}

function aptGet(args) {
  return new Promise((resolve) => {
    const child = spawn('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args], {
      stdio: 'ignore',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}
