import { Readable } from 'node:stream';
import type { Encode } from './encode.ts';

/** The media type of lines of JSON. */
export const ndjson = 'application/x-ndjson';

/** How long an answer that streams may go on, in milliseconds. */
export const streamMs = 30 * 60 * 1000;

/** Lines are gathered until they have about so many characters: a chunk for each would cost more than the line. */
const chunkLength = 16 * 1024;

async function* chunksOf(first: unknown, rest: AsyncIterator<unknown>, encode: Encode): AsyncGenerator<string> {
  let chunk = `${encode(first)}\n`;
  try {
    for (;;) {
      const next = await rest.next();
      if (next.done) break;
      chunk += `${encode(next.value)}\n`;
      if (chunk.length < chunkLength) continue;
      yield chunk;
      chunk = '';
    }
    if (chunk !== '') yield chunk;
  } finally {
    await rest.return?.();
  }
}

/**
 * The lines of an answer that streams. The next item is asked for when the reader has room for it, so an answer of
 * any length takes the memory of a short one. What fails before the first item is thrown here, while there is still
 * a status to choose; what fails later ends the connection in the middle, so that nobody takes half for the whole.
 */
export const linesOf = async (items: AsyncIterable<unknown>, encode: Encode): Promise<Readable> => {
  const iterator = items[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done) return Readable.from([]);
  return Readable.from(chunksOf(first.value, iterator, encode), { objectMode: false, highWaterMark: chunkLength });
};
