// Reads the sources of all server actions and API routes: what is not wrapped with a known act would be open to all.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { permissions } from './permissions';

const root = path.resolve(import.meta.dirname, '../..');

/** Each exported name of a module with the wrapper call that makes it, or what stands in its place. */
function readExports(file: string): readonly { readonly name: string; readonly made: string }[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) || ts.isExportAssignment(statement)) {
      return [{ name: statement.getText(), made: 're-export' }];
    }
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
    if (!isExported || ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return [];
    if (!ts.isVariableStatement(statement)) return [{ name: statement.getText().slice(0, 60), made: 'no wrapper' }];
    return statement.declarationList.declarations.map(({ name, initializer }) => ({
      name: name.getText(),
      made: describeCall(initializer),
    }));
  });
}

/** `serverAction task.decide` for a call of a wrapper with a literal act. */
function describeCall(initializer: ts.Expression | undefined): string {
  if (initializer === undefined || !ts.isCallExpression(initializer)) return 'no wrapper';
  const [declaration] = initializer.arguments;
  if (declaration === undefined || !ts.isObjectLiteralExpression(declaration)) return 'no declaration';
  const act = declaration.properties.find((property) => property.name?.getText() === 'act');
  if (act === undefined || !ts.isPropertyAssignment(act) || !ts.isStringLiteral(act.initializer))
    return 'no literal act';
  return `${initializer.expression.getText()} ${act.initializer.text}`;
}

function filesNamed({ folder, name }: { readonly folder: string; readonly name: string }): readonly string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === name)
    .map((file) => path.join(folder, file));
}

const exportsOf = (files: readonly string[]) =>
  files.flatMap((file) => readExports(path.join(root, file)).map((each) => ({ file, ...each })));

const acts = Object.keys(permissions);
const isWrapped = (wrapper: string, made: string) => acts.some((act) => made === `${wrapper} ${act}`);

describe('server actions', () => {
  const actions = exportsOf(filesNamed({ folder: 'app', name: 'actions.ts' }));

  it('are found', () => {
    expect(actions.length).toBeGreaterThanOrEqual(9);
  });

  it.each(actions)('$file: $name goes through the wrapper with an act of the table', ({ made }) => {
    const wrappers = ['serverAction', 'platformAction', 'publicAction'];
    expect(
      wrappers.some((wrapper) => isWrapped(wrapper, made)),
      made,
    ).toBe(true);
  });

  it('are public only where somebody signs in or out', () => {
    const open = actions.filter(({ made }) => made.startsWith('publicAction'));
    expect(open.every(({ made }) => / session\.(start|end)$/.test(made))).toBe(true);
  });

  it('stand in files called actions.ts and nowhere else', () => {
    const others = ['app', 'components', 'lib'].flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file) && path.basename(file) !== 'actions.ts' && !file.endsWith('.test.ts'))
        .map((file) => path.join(folder, file))
        .filter((file) => /^\s*['"]use server['"]/m.test(readFileSync(path.join(root, file), 'utf8'))),
    );
    expect(others).toEqual([]);
  });
});

describe('API routes', () => {
  const routes = exportsOf(filesNamed({ folder: 'app/api/v1', name: 'route.ts' }));

  it('are found', () => {
    expect(routes.map(({ file, name }) => `${name} ${path.dirname(file)}`).toSorted()).toEqual([
      'DELETE app/api/v1/tasks/[taskId]/draft',
      'GET app/api/v1/dead-letters',
      'GET app/api/v1/executions',
      'GET app/api/v1/executions/[executionId]',
      'GET app/api/v1/executions/[executionId]/history',
      'GET app/api/v1/openapi.json',
      'GET app/api/v1/tasks',
      'GET app/api/v1/tasks/[taskId]',
      'GET app/api/v1/tasks/[taskId]/draft',
      'PATCH app/api/v1/tasks/[taskId]',
      'POST app/api/v1/dead-letters/[deadLetterId]/redrive',
      'POST app/api/v1/events',
      'POST app/api/v1/executions/[executionId]/cancel',
      'POST app/api/v1/executions/[executionId]/fork',
      'POST app/api/v1/executions/[executionId]/pause',
      'POST app/api/v1/executions/[executionId]/resume',
      'POST app/api/v1/executions/[executionId]/retry',
      'POST app/api/v1/executions/[executionId]/terminate',
      'POST app/api/v1/tasks/[taskId]/answer',
      'POST app/api/v1/tasks/[taskId]/ask',
      'POST app/api/v1/tasks/[taskId]/assign',
      'POST app/api/v1/tasks/[taskId]/claim',
      'POST app/api/v1/tasks/[taskId]/comments',
      'POST app/api/v1/tasks/[taskId]/complete',
      'POST app/api/v1/tasks/[taskId]/decline',
      'POST app/api/v1/tasks/[taskId]/delegate',
      'POST app/api/v1/tasks/[taskId]/forward',
      'POST app/api/v1/tasks/[taskId]/give-back',
      'POST app/api/v1/tasks/[taskId]/release',
      'POST app/api/v1/tasks/[taskId]/withdraw-question',
      'POST app/api/v1/tasks/bulk/assign',
      'POST app/api/v1/tasks/bulk/claim',
      'POST app/api/v1/tasks/bulk/complete',
      'POST app/api/v1/tasks/bulk/release',
      'PUT app/api/v1/tasks/[taskId]/draft',
    ]);
  });

  it.each(routes)('$file: $name goes through the wrapper with an act of the table', ({ made }) => {
    expect(isWrapped('apiRoute', made) || made === 'openRoute api.describe', made).toBe(true);
  });
});
