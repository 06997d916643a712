import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from './jsonBody';
import { refusalOfLargeBody } from './largeBody';

const address = 'http://localhost/inbox';
/** A body that tells no length beforehand. */
const inParts = (bytes: number) => {
  let left = bytes;
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const part = new Uint8Array(Math.min(left, 65_536));
      left -= part.length;
      if (part.length === 0) controller.close();
      else controller.enqueue(part);
    },
  });
};
const post = (init: RequestInit & { readonly duplex?: 'half' }) =>
  refusalOfLargeBody(new Request(address, { method: 'POST', ...init }));

describe('a request to a page', () => {
  it('is refused with words for whoever sent it when its header tells that it is too large', async () => {
    const refusal = await post({ body: 'short', headers: { 'content-length': String(MAX_BODY_BYTES + 1) } });
    expect(refusal?.status).toBe(413);
    expect(refusal?.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await refusal?.text()).toContain('1,048,576 bytes');
  });

  it('is refused as soon as too much of it has come when its header tells nothing', async () => {
    const refusal = await post({ body: inParts(MAX_BODY_BYTES * 5), duplex: 'half' });
    expect(refusal?.status).toBe(413);
  });

  it.each([
    ['without a body', {}],
    ['with a body', { body: 'x'.repeat(1000) }],
    ['of the most that is taken', { body: inParts(MAX_BODY_BYTES), duplex: 'half' as const }],
    [
      'of the most that is taken, as its header tells',
      { body: '', headers: { 'content-length': `${MAX_BODY_BYTES}` } },
    ],
  ])('goes through %s', async (_, init) => {
    expect(await post(init)).toBeNull();
  });

  it('that only reads goes through', async () => {
    expect(await refusalOfLargeBody(new Request(address))).toBeNull();
  });
});
