/**
 * What a page may load and run, as its header `Content-Security-Policy` tells the browser. Scripts and style elements
 * need the nonce of their answer; what such a script loads may run too. Nothing is evaluated from text, and nothing
 * comes from another site. The answers that are no pages have theirs in `next.config.mjs`.
 */

/** Another one for each answer: 128 bits that nobody can guess. */
export function newNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/**
 * Of `display:none`: what React sends late of a drawing waits in an element with this attribute. Nothing else may be
 * said by such an attribute.
 */
const hiddenDrawing = "'unsafe-hashes' 'sha256-aqNNdDLnnrDOnTNdkJpYlAxKVJtLt9CtFLklmInuUAE='";

/** @param isDevelopment React's tools for developers evaluate text, and style sheets come as inline elements. */
export function contentSecurityPolicy({
  nonce,
  isDevelopment,
}: {
  readonly nonce: string;
  readonly isDevelopment: boolean;
}): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    ...(isDevelopment ? [] : [`style-src-attr ${hiddenDrawing}`]),
    "img-src 'self' blob: data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
