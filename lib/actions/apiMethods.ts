/** Which addresses the API has and what they take: whatever else is asked for is refused in its own words. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { BatonError } from '@shared/workflow/model/errors';

export class UnknownRouteError extends BatonError {
  readonly code = 'unknown_route';
  readonly httpStatus = 404;
}
export class MethodNotAllowedError extends BatonError {
  readonly code = 'method_not_allowed';
  readonly httpStatus = 405;
}

interface ApiRoute {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
  /** How many parts of its address are variable. */
  readonly variables: number;
}

const prefix = '/api/v1';
/** Beside the product's sources, where it is started. */
const folder = path.join(process.cwd(), 'app', prefix);

/** The routes as their sources stand; none where there are no sources: then the framework refuses by itself. */
const readRoutes = (): readonly ApiRoute[] => {
  if (!existsSync(folder)) return [];
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => path.basename(file) === 'route.ts')
      .map((file) => {
        const source = readFileSync(path.join(folder, file), 'utf8');
        const address = path.dirname(file).split(path.sep).join('/');
        return {
          methods: [...source.matchAll(/^export const ([A-Z]+)\b/gm)].map(([, method = '']) => method),
          pattern: new RegExp(`^${prefix}/${address.replaceAll('.', '\\.').replaceAll(/\[\w+\]/g, '[^/]+')}/?$`),
          variables: address.split('[').length - 1,
        };
      })
      // An address without variable parts comes first, as it does for the router.
      .toSorted((a, b) => a.variables - b.variables)
  );
};
/** Read once: a new route is known after a restart. */
let known: readonly ApiRoute[] | undefined;

/** The answer to a request that no route takes; null where one does. */
export function refusalOf({
  method,
  pathname,
}: {
  readonly method: string;
  readonly pathname: string;
}): Response | null {
  known ??= readRoutes();
  const route = known.find(({ pattern }) => pattern.test(pathname));
  if (known.length === 0) return null;
  if (!route) {
    return refuse(new UnknownRouteError(`The API has no address ${pathname}. Look at how it is spelt.`));
  }
  // A route that is read also answers HEAD, and OPTIONS is the framework's.
  const allowed = [...route.methods, ...(route.methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'];
  if (allowed.includes(method)) return null;
  const error = new MethodNotAllowedError(`${method} is not for this address: it takes ${route.methods.join(', ')}.`);
  return refuse(error, { Allow: allowed.join(', ') });
}

function refuse({ code, message, httpStatus }: BatonError, headers: Record<string, string> = {}): Response {
  return Response.json({ type: `/docs/errors/${code}`, code, message }, { status: httpStatus, headers });
}
