import { createHash, type Hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { commonErrors, type RouteSpec, type Upload } from '@plinth/contract-kit';
import {
  type Collection,
  type Ctx,
  chunkLinesMax,
  type Ids,
  type ModuleStore,
  type OperationChunkDocument,
  type OperationLine,
  toChunkText,
} from '@plinth/data-kit';
import type { FastifyRequest } from 'fastify';
import { bodyLimitBytes } from '../plugins/body-parsers.ts';
import { readLines } from './upload-lines.ts';

type UploadDeps = {
  readonly route: RouteSpec;
  readonly store: Pick<ModuleStore<unknown>, 'collections' | 'unitOfWork'>;
  readonly ids: Ids;
  /** The operation id of the route, for the journal. */
  readonly operation: string;
};

/** Chunks are committed together when they have about this many characters. */
const commitLength = 512 * 1024;

/** Passes the bytes of a body on, and adds them to a hash. The rest of a body that is refused is discarded, so that the response arrives. */
async function* readBytes(
  payload: IncomingMessage,
  { bytesMax, hash }: { readonly bytesMax: number; readonly hash: Hash },
): AsyncGenerator<Uint8Array> {
  const refuse = () =>
    commonErrors.payloadTooLarge({ detail: `The body is larger than ${bytesMax / 1024 / 1024} MiB.` });
  if (Number(payload.headers['content-length'] ?? 0) > bytesMax) throw refuse();
  let bytes = 0;
  for await (const part of payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > bytesMax) throw refuse();
    hash.update(part);
    yield part;
  }
}

/** Stores chunks in the order of their lines. */
const createChunkWriter = ({ store, operation }: UploadDeps, ctx: Ctx, operationId: string) => {
  const { operationChunks: chunks } = store.collections as unknown as {
    readonly operationChunks: Collection<OperationChunkDocument, 'insert'>;
  };
  let lines: OperationLine[] = [];
  /** The characters in `lines`. */
  let length = 0;
  let texts: string[] = [];
  let stored = 0;
  const commit = async (): Promise<void> => {
    if (texts.length === 0) return;
    const insert = async (): Promise<void> => {
      for (const [offset, chunkText] of texts.entries()) {
        chunks.for(ctx).insert({ operationId, index: stored + offset, chunkText });
      }
    };
    await store.unitOfWork.run(ctx, insert, { operation });
    stored += texts.length;
    texts = [];
  };
  const endChunk = (): void => {
    if (lines.length > 0) texts.push(toChunkText(lines));
    lines = [];
    length = 0;
  };
  return {
    add: async (line: OperationLine): Promise<void> => {
      lines.push(line);
      length += line.text?.length ?? 0;
      // Long lines make a chunk of fewer of them, so that it fits a document also when each character is escaped.
      if (lines.length < chunkLinesMax && length < commitLength) return;
      endChunk();
      if (texts.reduce((sum, text) => sum + text.length, 0) >= commitLength) await commit();
    },
    end: async (): Promise<void> => {
      endChunk();
      await commit();
    },
  };
};

/** Reads the body of an upload to its end, or discards the rest of it when `read` fails. Returns its hash. */
const readBody = async (
  { headers, body }: FastifyRequest,
  { bodyBytesMax: bytesMax = bodyLimitBytes }: RouteSpec,
  read: (bytes: AsyncIterable<Uint8Array>, type: string) => Promise<void>,
): Promise<string> => {
  const type = headers['content-type'] ?? '';
  // The type is a part of it: the same bytes have other lines as CSV.
  const hash = createHash('sha256').update(`${type}\n`);
  const payload = body as IncomingMessage | undefined;
  try {
    if (payload) await read(readBytes(payload, { bytesMax, hash }), type);
  } catch (error) {
    payload?.resume();
    throw error;
  }
  return hash.digest('base64url');
};

/** Returns the hash of an upload that is not stored. */
export const hashUpload = (request: FastifyRequest, route: RouteSpec): Promise<string> =>
  readBody(request, route, async (bytes) => {
    for await (const part of bytes) void part;
  });

/**
 * Stores the lines of an upload while they arrive. Chunks of a request that fails belong to no operation and expire.
 * @throws `payload-too-large` and `invalid-request`.
 */
export const storeUpload = async (request: FastifyRequest, deps: UploadDeps): Promise<Upload & { hash: string }> => {
  const { route, ids } = deps;
  const { upload } = route;
  if (!upload) throw new TypeError(`${route.method} ${route.path} has no upload.`);
  const ctx = request.scope.ctx as Ctx;
  const operationId = ids.next();
  const writer = createChunkWriter(deps, ctx, operationId);
  let lines = 0;
  const hash = await readBody(request, route, async (bytes, type) => {
    for await (const line of readLines(bytes, { type, upload })) {
      lines += 1;
      if (lines > upload.linesMax) {
        throw commonErrors.payloadTooLarge({ detail: `The body has more than ${upload.linesMax} lines.` });
      }
      ctx.signal.throwIfAborted();
      await writer.add(line);
    }
  });
  await writer.end();
  return { operationId, lines, hash };
};
