import { NextResponse, type NextRequest } from 'next/server';
import { refusalOf } from './lib/actions/apiMethods';
import { refusalOfLargeBody } from './lib/actions/largeBody';
import { isDevelopmentServer } from './lib/env';
import { contentSecurityPolicy, newNonce } from './lib/security/contentSecurityPolicy';

/**
 * Addresses that the API does not have, and methods that they do not take, are answered like every other error of it.
 * Server actions get no body that is too large for them. Pages get their content security policy: the framework reads the nonce from the request and puts it on its scripts.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const { method, nextUrl } = request;
  if (nextUrl.pathname.startsWith('/api/')) {
    return refusalOf({ method, pathname: nextUrl.pathname }) ?? NextResponse.next();
  }
  const tooLarge = await refusalOfLargeBody(request);
  if (tooLarge) return tooLarge;
  const policy = contentSecurityPolicy({ nonce: newNonce(), isDevelopment: isDevelopmentServer() });
  const headers = new Headers(request.headers);
  headers.set('Content-Security-Policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  return response;
}

// Everything but files of the build, and the parts of the API that have nothing to refuse.
export const config = { matcher: ['/api/v1/:path*', '/((?!api/|_next/static/|_next/image).*)'] };
