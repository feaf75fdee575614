import { connect, type Socket } from 'node:net';

/** A header as it goes out, whatever bytes it has. */
export type WireHeader = readonly [name: string, value: string];

/** A request whose parts go out as they are: nothing is escaped, and nothing is refused for being malformed. */
export type WireRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers?: readonly WireHeader[];
  readonly body?: string | Buffer | undefined;
};

export type WireAnswer = {
  /** 0 when the connection ended without an answer. */
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The first lines, as they came. */
  readonly head: string;
  readonly text: string;
  readonly ms: number;
};

const patienceMs = 15_000;
const headEnd = '\r\n\r\n';

/** Characters up to U+00FF go out as one byte each, which is no UTF-8; others make the whole head UTF-8. */
const headBytes = (text: string): Buffer =>
  Buffer.from(text, [...text].every((character) => character <= '\u00ff') ? 'latin1' : 'utf8');

const bytesOf = ({ method, path, headers = [], body }: WireRequest): Buffer => {
  const has = (name: string): boolean => headers.some(([known]) => known.toLowerCase() === name);
  const isFramed = has('content-length') || has('transfer-encoding');
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...(has('host') ? [] : ['Host: test.example']),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body !== undefined && !isFramed ? [`Content-Length: ${Buffer.byteLength(body)}`] : []),
  ];
  return Buffer.concat([headBytes(`${lines.join('\r\n')}${headEnd}`), Buffer.from(body ?? '')]);
};

const headersOf = (head: string): Record<string, string> =>
  Object.fromEntries(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );

/** The body of an answer in chunks; none while its last one has not come. */
const fromChunks = (bytes: Buffer): Buffer | undefined => {
  const parts: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const begin = lineEnd + 2;
    if (bytes.length < begin + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(begin, begin + size));
    at = begin + size + 2;
  }
};

type Read = Omit<WireAnswer, 'ms'>;

/** The answer in some bytes; none while it is not whole. */
const readAnswer = (bytes: Buffer, { isHead, isOver }: { isHead: boolean; isOver: boolean }): Read | undefined => {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const headers = headersOf(head);
  const status = Number(head.slice(9, 12));
  const rest = bytes.subarray(end + headEnd.length);
  const answer = (body: Buffer): Read => ({ status, headers, head, text: body.toString() });
  if (isHead || status === 204 || status === 304) return answer(Buffer.alloc(0));
  if (headers['transfer-encoding'] === 'chunked') {
    const body = fromChunks(rest);
    return body && answer(body);
  }
  const length = headers['content-length'];
  if (length === undefined) return isOver ? answer(rest) : undefined;
  return rest.length >= Number(length) ? answer(rest.subarray(0, Number(length))) : undefined;
};

const nothing: Read = { status: 0, headers: {}, head: '', text: '' };

/** Sends one request on a connection of its own, and reads one answer. */
export const exchange = (port: number, request: WireRequest): Promise<WireAnswer> =>
  new Promise((resolve) => {
    const began = performance.now();
    let bytes: Buffer = Buffer.alloc(0);
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const finish = (answer: Read): void => {
      resolve({ ...answer, ms: performance.now() - began });
      socket.destroy();
    };
    const look = (isOver: boolean): void => {
      const answer = readAnswer(bytes, { isHead: request.method === 'HEAD', isOver });
      if (answer) finish(answer);
      else if (isOver) finish(nothing);
    };
    socket.setTimeout(patienceMs, () => look(true));
    socket.on('data', (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      look(false);
    });
    // A server that has answered need not read the rest of what it is sent.
    socket.on('error', () => undefined);
    socket.on('close', () => look(true));
    socket.write(bytesOf(request));
  });

/** Does something with each of many things, so many at once. @returns what came out, in their order. */
export const inLanes = async <T, R>(
  things: readonly T[],
  work: (thing: T) => Promise<R>,
  lanes: number,
): Promise<R[]> => {
  const results: R[] = [];
  const waiting = [...things.entries()];
  const run = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      results[next[0]] = await work(next[1]);
    }
  };
  await Promise.all(Array.from({ length: lanes }, run));
  return results;
};
