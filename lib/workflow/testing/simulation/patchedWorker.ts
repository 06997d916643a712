/**
 * Modules of the product with a few words of their source replaced: for proving that an oracle notices. The patched
 * copies live outside the repository and import everything else from it.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Worker, WorkerParts } from '../../core/worker/worker';

export interface Patch {
  /** Below lib/workflow. */
  readonly file: string;
  /** Must be there exactly once: a patch that does not fit any more is an error, not a mutant that survives. */
  readonly find: string;
  readonly replace: string;
}

const root = path.resolve(import.meta.dirname, '../..');

/** The worker, its engine and replay. */
export async function loadPatchedWorker(patches: readonly Patch[]): Promise<new (parts: WorkerParts) => Worker> {
  const loaded = (await loadPatched({
    folders: ['core/engine', 'core/worker', 'replay'],
    module: 'core/worker/worker.ts',
    patches,
  })) as { Worker: new (parts: WorkerParts) => Worker };
  return loaded.Worker;
}

/** @param options.folders whose modules are copied, and know each other's copies; all else is the product's own. */
export async function loadPatched(options: {
  readonly folders: readonly string[];
  readonly module: string;
  readonly patches: readonly Patch[];
}): Promise<unknown> {
  const { folders, module, patches } = options;
  const copy = await mkdtemp(path.join(tmpdir(), 'baton-mutant-'));
  try {
    // Packages are found as the product finds them.
    await symlink(path.resolve(root, '../../node_modules'), path.join(copy, 'node_modules'));
    for (const folder of folders) {
      await mkdir(path.join(copy, folder), { recursive: true });
      for (const name of await readdir(path.join(root, folder))) {
        if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
        const file = path.join(folder, name);
        const source = await readFile(path.join(root, file), 'utf8');
        await writeFile(path.join(copy, file), withImports(patched(source, file, patches), folder, folders));
      }
    }
    return await import(/* @vite-ignore */ path.join(copy, module));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function patched(source: string, file: string, patches: readonly Patch[]): string {
  let text = source;
  for (const patch of patches) {
    if (path.normalize(patch.file) !== file) continue;
    const [before, after, ...more] = text.split(patch.find);
    if (before === undefined || after === undefined || more.length > 0) {
      throw new Error(`The patch of ${file} does not fit any more: "${patch.find}" must be there once.`);
    }
    text = before + patch.replace + after;
  }
  return text;
}

/** Copies import each other as they did; everything else is the product's own module. */
function withImports(source: string, folder: string, folders: readonly string[]): string {
  return source.replace(/from '(\.[^']+)'/g, (statement, specifier: string) => {
    const target = path.resolve(root, folder, specifier);
    const isCopied = folders.some((each) => path.dirname(target) === path.join(root, each));
    return isCopied ? statement : `from '${target}.ts'`;
  });
}
