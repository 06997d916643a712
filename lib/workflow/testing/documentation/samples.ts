/**
 * The TypeScript in our documents, compiled against the engine as it is. A sample may use names that it does not
 * explain (`orderId`, `mailer`); they could be anything. What it imports, and what it calls by the names that the
 * documents use for the engine's own things, is checked as anybody's code would be.
 */
import ts from 'typescript';

export interface Sample {
  /** The document, and the line of the sample's first line in it. */
  readonly place: string;
  readonly code: string;
}

/** What samples call by these names without saying so. */
const known = `
import { attemptWithHelp, defineHumanTask, TransactionIsolationLevel } from '@shared/workflow/authoring';
import type { ActionRegistrar, TaskEnd, WorkflowContext } from '@shared/workflow/authoring';
import { getActionRegistry } from '@/lib/workflow/core/actionRegistry';
import type { WorkflowRuntime } from '@/lib/workflow';
declare const context: WorkflowContext;
declare const { actions, all, continueAsNew, data, events, executeActions, input, race, setState, sleep }: WorkflowContext;
declare const runtime: WorkflowRuntime;
declare const workflows: WorkflowRuntime['workflows'];
declare const registry: ReturnType<typeof getActionRegistry>;
`;

/** Names that a sample leaves to its reader, and parameters of functions that are given to them. */
const leftToReaders = new Set([2304, 2552, 18004, 7006, 7031]);

/** All blocks marked as TypeScript. */
export function samplesOf(document: string, text: string): Sample[] {
  return [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(({ index, 1: code = '' }) => {
    return { place: `${document}:${text.slice(0, index).split('\n').length + 1}`, code };
  });
}

/** @returns what the compiler has against them, by their places. */
export function compileSamples(samples: readonly Sample[], projectRoot: string): string[] {
  const { config } = ts.readConfigFile(`${projectRoot}/tsconfig.json`, (path) => ts.sys.readFile(path)) as {
    readonly config: { readonly compilerOptions: Record<string, unknown> };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, projectRoot);
  const modules = new Map(
    samples.map((sample, index) => [`${projectRoot}/${nameOf(sample, index)}`, moduleOf(sample)]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => modules.has(name) || fileExists(name);
  host.readFile = (name) => modules.get(name)?.text ?? readFile(name);
  host.getSourceFile = (name, languageVersion, ...more) => {
    const text = modules.get(name)?.text;
    return text === undefined
      ? getSourceFile.call(host, name, languageVersion, ...more)
      : ts.createSourceFile(name, text, languageVersion);
  };
  const program = ts.createProgram([...modules.keys()], { ...options, incremental: false }, host);
  return [...modules].flatMap(([name, { place }]) => {
    const file = program.getSourceFile(name);
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    return found
      .filter(({ code }) => !leftToReaders.has(code))
      .map(({ messageText }) => `${place}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  });
}

/** A sample whose first line names a file is that file to the others. */
function nameOf({ code }: Sample, index: number): string {
  return /^\/\/ (workflows\/\w+\.ts)\n/.exec(code)?.[1] ?? `workflows/sample-${index}.ts`;
}

/** One that imports what it uses is a module as it stands; others stand inside of a function. */
function moduleOf({ place, code }: Sample): { readonly place: string; readonly text: string } {
  const isModule = /^(import|export) /m.test(code);
  return { place, text: isModule ? code : `${known}\nexport async function sample() {\n${code}\n}\n` };
}
