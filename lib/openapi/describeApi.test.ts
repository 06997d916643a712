import { Ajv2020 } from 'ajv/dist/2020';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeApi } from './describeApi';
import { taskOperations } from './taskOperations';

const described = describeApi();
const operations = Object.entries(described.paths).flatMap(([address, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ address, method, operation })),
);

describe('the description of the API', () => {
  it.each(operations)('$method $address is a route', ({ address, method }) => {
    const file = path.join('app/api/v1', address.replaceAll('{', '[').replaceAll('}', ']'), 'route.ts');
    expect(existsSync(file), file).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^export const ${method.toUpperCase()}\\b`, 'm'));
  });

  it('names each operation once, and only schemas that it has', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(taskOperations.length);
    const names = [...JSON.stringify(described).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(described.components.schemas)));
  });

  it('says what the list of tasks is narrowed by, and what an answer must hold', () => {
    const list = described.paths['/tasks']?.get as { readonly parameters: readonly { readonly name: string }[] };
    expect(list.parameters.map(({ name }) => name)).toEqual([
      ...['status', 'view', 'q', 'type', 'priority', 'due', 'workflow', 'cursor', 'limit'],
    ]);
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    for (const [name, schema] of Object.entries(described.components.schemas)) {
      expect(ajv.validateSchema(schema), name).toBe(true);
    }
    const complete = described.paths['/tasks/{taskId}/complete']?.post as {
      readonly requestBody: { readonly content: { readonly 'application/json': { readonly schema: object } } };
    };
    const takes = ajv.compile(complete.requestBody.content['application/json'].schema);
    expect(takes({ outcome: 'approve', data: { comment: 'Fine' }, expectedVersion: 2 })).toBe(true);
    expect(takes({})).toBe(true);
    for (const wrong of [{ outcome: 1 }, { data: [] }, { answers: {} }, { expectedVersion: 0 }]) {
      expect(takes(wrong), JSON.stringify(wrong)).toBe(false);
    }
  });
});
