import { describe, expect, it } from 'vitest';
import { refusalOf } from './apiMethods';

const refused = async (method: string, pathname: string) => {
  const answer = refusalOf({ method, pathname: `/api/v1${pathname}` });
  if (answer === null) return null;
  return { status: answer.status, allow: answer.headers.get('allow'), ...((await answer.json()) as object) };
};

describe('a request to the API', () => {
  it.each([
    ['GET', '/tasks'],
    ['HEAD', '/tasks'],
    ['OPTIONS', '/tasks'],
    ['PATCH', '/tasks/4711'],
    ['POST', '/tasks/4711/claim'],
    ['POST', '/tasks/bulk/claim'],
    ['GET', '/openapi.json'],
    ['GET', '/executions/4711/history'],
  ])('%s %s is left to its route', async (method, pathname) => {
    expect(await refused(method, pathname)).toBeNull();
  });

  it.each(['', '/taks', '/tasks/4711/clam', '/tasks/4711/claim/now', '/openapiXjson'])(
    'to %s, which is none of its addresses, is refused with a code',
    async (pathname) => {
      expect(await refused('GET', pathname)).toMatchObject({ status: 404, code: 'unknown_route' });
    },
  );

  it.each([
    ['POST', '/tasks', 'GET, HEAD, OPTIONS'],
    ['GET', '/tasks/4711/claim', 'POST, OPTIONS'],
    ['DELETE', '/tasks/4711', 'GET, PATCH, HEAD, OPTIONS'],
    ['GET', '/tasks/bulk/claim', 'POST, OPTIONS'],
  ])('%s %s, which it does not take, is refused with what it takes', async (method, pathname, allow) => {
    expect(await refused(method, pathname)).toMatchObject({ status: 405, code: 'method_not_allowed', allow });
  });
});
