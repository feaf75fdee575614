export type Answer = { readonly status: number; readonly body: Buffer };

const endOfHeaders = '\r\n\r\n';

/** Headers and how long the body is; none while the headers are not all there. */
const headOf = (bytes: Buffer) => {
  const end = bytes.indexOf(endOfHeaders, 0, 'latin1');
  if (end < 0) return undefined;
  const text = bytes.toString('latin1', 0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1]);
  if (Number.isNaN(status) || Number.isNaN(length)) throw new Error(`An answer without status or length: ${text}`);
  return { status, from: end + endOfHeaders.length, length };
};

/**
 * Puts the answers of one connection together from the pieces in which they come, one after the other. It reads what
 * the servers here send, HTTP/1.1 with a `Content-Length`, at a fraction of what a complete client costs: the load
 * shares a CPU with mongod.
 * @throws when the connection says anything else, or more than was asked for.
 */
export const createAnswerReader = (): ((piece: Buffer) => Answer | undefined) => {
  let pieces: Buffer = Buffer.alloc(0);
  return (piece) => {
    const bytes = pieces.length === 0 ? piece : Buffer.concat([pieces, piece]);
    const head = headOf(bytes);
    const end = head ? head.from + head.length : Number.POSITIVE_INFINITY;
    if (bytes.length > end) throw new Error('The server said more than it was asked for.');
    if (!head || bytes.length < end) {
      pieces = bytes;
      return undefined;
    }
    pieces = Buffer.alloc(0);
    return { status: head.status, body: bytes.subarray(head.from) };
  };
};
