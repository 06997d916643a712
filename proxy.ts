import { NextResponse, type NextRequest } from 'next/server';
import { refusalOf } from './lib/actions/apiMethods';

/** Addresses that the API does not have, and methods that they do not take, are answered like every other error of it. */
export function proxy(request: NextRequest): Response {
  const { method, nextUrl } = request;
  return refusalOf({ method, pathname: nextUrl.pathname }) ?? NextResponse.next();
}

export const config = { matcher: '/api/v1/:path*' };
