/**
 * The fixture worker as plain JavaScript. Tests start it a hundred times, and compiling while loading would be half of
 * each start. Compiled once per state of its sources, into a folder for temporary files that is kept for the next run.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
/** Programs of threads: started by name, imported by nobody. */
const threads = [fileURLToPath(new URL('../../persistence/watchdogThread.mjs', import.meta.url))];
const entry = fileURLToPath(new URL('./fixtureWorker.ts', import.meta.url));

/** Answers with the path of the program. */
export function compileFixtureWorker(): string {
  const sources = new Map<string, string>();
  collect(entry, sources);
  const hash = createHash('sha256').update(`${root} ${ts.version}`);
  for (const thread of threads) hash.update(readFileSync(thread));
  for (const [file, text] of [...sources].sort()) hash.update(file).update('\0').update(text).update('\0');
  const folder = path.join(os.tmpdir(), `baton-fixture-worker-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) write(folder, sources);
  return outputOf(folder, entry);
}

/** The file and everything that it imports from our own sources, types included. */
function collect(file: string, sources: Map<string, string>): void {
  if (sources.has(file)) return;
  const text = readFileSync(file, 'utf8');
  sources.set(file, text);
  for (const { specifier } of importsIn(text)) collect(resolve(file, specifier), sources);
}

function compile(text: string): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}

function importsIn(code: string) {
  return ts
    .preProcessFile(code, true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName: specifier, pos, end }) => ({ specifier, pos, end }));
}

function resolve(from: string, specifier: string): string {
  const target = path.resolve(path.dirname(from), specifier);
  const found = [`${target}.ts`, path.join(target, 'index.ts')].find((candidate) => existsSync(candidate));
  if (found === undefined) throw new Error(`${from} imports ${specifier}, which is no source of ours.`);
  return found;
}

const outputOf = (folder: string, file: string): string =>
  path.join(folder, `${path.relative(root, file).slice(0, -'.ts'.length)}.js`);

function write(folder: string, sources: ReadonlyMap<string, string>): void {
  const draft = `${folder}-${randomUUID()}`;
  for (const [file, text] of sources) {
    const output = outputOf(draft, file);
    mkdirSync(path.dirname(output), { recursive: true });
    writeFileSync(output, withFileNames(file, compile(text), draft));
  }
  for (const thread of threads) copyFileSync(thread, path.join(draft, path.relative(root, thread)));
  writeFileSync(path.join(draft, 'package.json'), '{"type":"module"}');
  symlinkSync(path.join(root, 'node_modules'), path.join(draft, 'node_modules'), 'dir');
  try {
    renameSync(draft, folder);
  } catch {
    // Another test file was as quick.
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Node wants the names of files in imports, where TypeScript does without their endings. */
function withFileNames(file: string, code: string, folder: string): string {
  let named = code;
  for (const { specifier, pos, end } of importsIn(code).reverse()) {
    const target = path.relative(path.dirname(outputOf(folder, file)), outputOf(folder, resolve(file, specifier)));
    // The position is that of the text between the quotes.
    named = `${named.slice(0, pos + 1)}${target.startsWith('.') ? target : `./${target}`}${named.slice(end + 1)}`;
  }
  return named;
}
