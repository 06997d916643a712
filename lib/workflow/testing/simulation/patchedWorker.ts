/**
 * The product's engine and worker with a few words of their source replaced: for proving that the oracle notices. The
 * patched copies live outside the repository and import everything else from it.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Worker, WorkerParts } from '../../core/worker/worker';

export interface Patch {
  /** Below lib/workflow/core. */
  readonly file: string;
  /** Must be there exactly once: a patch that does not fit any more is an error, not a mutant that survives. */
  readonly find: string;
  readonly replace: string;
}

const coreFolder = path.resolve(import.meta.dirname, '../../core');
const copied = ['engine', 'worker'];

export async function loadPatchedWorker(patches: readonly Patch[]): Promise<new (parts: WorkerParts) => Worker> {
  const folder = await mkdtemp(path.join(tmpdir(), 'baton-mutant-'));
  try {
    for (const part of copied) {
      await mkdir(path.join(folder, part));
      for (const name of await readdir(path.join(coreFolder, part))) {
        if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
        const file = path.join(part, name);
        const source = await readFile(path.join(coreFolder, file), 'utf8');
        await writeFile(path.join(folder, file), withImports(patched(source, file, patches), part));
      }
    }
    const loaded = (await import(/* @vite-ignore */ path.join(folder, 'worker/worker.ts'))) as {
      Worker: new (parts: WorkerParts) => Worker;
    };
    return loaded.Worker;
  } finally {
    await rm(folder, { recursive: true, force: true });
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
function withImports(source: string, part: string): string {
  return source.replace(/from '(\.[^']+)'/g, (statement, specifier: string) => {
    const target = path.resolve(coreFolder, part, specifier);
    const isCopied = copied.some((each) => target.startsWith(path.join(coreFolder, each) + path.sep));
    return isCopied ? statement : `from '${target}.ts'`;
  });
}
