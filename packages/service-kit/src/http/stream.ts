import { Readable } from 'node:stream';
import type { Serialize } from './serialize.ts';

/** The media type of lines of JSON. */
export const ndjson = 'application/x-ndjson';

/** Milliseconds for which a response may stream. */
export const streamTimeoutMs = 30 * 60 * 1000;

/** Lines are combined into chunks of about this many characters, because a chunk for each line costs more CPU than the line. */
const chunkLength = 16 * 1024;

/** `assertAllowed` is called before each chunk: its error ends the response. */
export type LinesOptions = { readonly serialize: Serialize; readonly assertAllowed: () => Promise<void> };

async function* toChunks(
  first: unknown,
  rest: AsyncIterator<unknown>,
  { serialize, assertAllowed }: LinesOptions,
): AsyncGenerator<string> {
  let chunk = `${serialize(first)}\n`;
  try {
    for (;;) {
      const next = await rest.next();
      if (next.done) break;
      chunk += `${serialize(next.value)}\n`;
      if (chunk.length < chunkLength) continue;
      await assertAllowed();
      yield chunk;
      chunk = '';
    }
    if (chunk !== '') yield chunk;
  } finally {
    await rest.return?.();
  }
}

/**
 * Opens the lines of a streamed response. The next item is read when the client has room for it, so memory does not grow
 * with the response. An error before the first item is thrown here, while a status can still be chosen; a later one ends the
 * connection in the middle, so that no client mistakes a part for the whole.
 */
export const openLines = async (items: AsyncIterable<unknown>, options: LinesOptions): Promise<Readable> => {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return Readable.from([]);
  return Readable.from(toChunks(first.value, iterator, options), { objectMode: false, highWaterMark: chunkLength });
};

/** Reads the first item and closes the rest, so that a HEAD succeeds or fails as its GET. */
export const readFirst = async (items: AsyncIterable<unknown>): Promise<void> => {
  const iterator = items[Symbol.asyncIterator]();
  await iterator.next();
  await iterator.return?.();
};
