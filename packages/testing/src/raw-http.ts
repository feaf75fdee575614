import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A header with any characters, including illegal ones. */
export type RawHeader = readonly [name: string, value: string];

/** A request that is sent as it is: nothing is escaped, and a malformed request is not rejected. */
export type RawRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers?: readonly RawHeader[];
  readonly body?: string | Buffer | undefined;
};

export type RawResponse = {
  /** 0 when the connection ended without a response. */
  readonly status: number;
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The status line and the headers, as received. */
  readonly head: string;
  readonly text: string;
  readonly ms: number;
};

type Parsed = Omit<RawResponse, 'ms'>;

const timeoutMs = 15_000;
const headEnd = '\r\n\r\n';

/** Opens a connection to a port of this machine. */
export const openSocket = async (port: number): Promise<Socket> => {
  // A server may respond and close the connection before it has read the whole request.
  const socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
};

/** Sends bytes and returns all that the server sends until the connection ends, and the time that it took. */
export const sendBytes = async (port: number, parts: readonly string[]): Promise<{ text: string; ms: number }> => {
  const socket = await openSocket(port);
  const startedAt = performance.now();
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  for (const part of parts) socket.write(part);
  await once(socket, 'close');
  return { text, ms: performance.now() - startedAt };
};

/** Splits received text into its responses. */
export const splitResponses = (text: string): readonly string[] => (text === '' ? [] : text.split(/(?=HTTP\/1\.1 )/));

export const getStatus = (response: string): number => Number(response.slice(9, 12));

export const getRequestId = (response: string): string | undefined => /^x-request-id: (.+)\r$/im.exec(response)?.[1];

export const parseProblem = (response: string): { status: number; code: string } =>
  JSON.parse(response.slice(response.indexOf(headEnd) + headEnd.length)) as { status: number; code: string };

/** Encodes characters up to U+00FF as one byte each, which is not UTF-8; any other makes the whole head UTF-8. */
const encodeHead = (text: string): Buffer => Buffer.from(text, /[^\0-\u00ff]/.test(text) ? 'utf8' : 'latin1');

const toBytes = ({ method, path, headers = [], body }: RawRequest): Buffer => {
  const has = (name: string): boolean => headers.some(([header]) => header.toLowerCase() === name);
  const isFramed = has('content-length') || has('transfer-encoding');
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...(has('host') ? [] : ['Host: test.example']),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(body !== undefined && !isFramed ? [`Content-Length: ${Buffer.byteLength(body)}`] : []),
  ];
  return Buffer.concat([encodeHead(`${lines.join('\r\n')}${headEnd}`), Buffer.from(body ?? '')]);
};

const parseHeaders = (head: string): Record<string, string> =>
  Object.fromEntries(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );

/** Returns the body of a chunked response, or undefined while the last chunk is missing. */
const joinChunks = (bytes: Buffer): Buffer | undefined => {
  const parts: Buffer[] = [];
  let start = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', start);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString('latin1', start, lineEnd), 16);
    const begin = lineEnd + 2;
    if (bytes.length < begin + size + 2) return undefined;
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(begin, begin + size));
    start = begin + size + 2;
  }
};

/** Returns the response in the received bytes, or undefined while it is incomplete. */
const parseResponse = (bytes: Buffer, { isHead, isEnd }: { isHead: boolean; isEnd: boolean }): Parsed | undefined => {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const headers = parseHeaders(head);
  const status = getStatus(head);
  const rest = bytes.subarray(end + headEnd.length);
  const withBody = (body: Buffer): Parsed => ({ status, headers, head, text: body.toString() });
  if (isHead || status === 204 || status === 304) return withBody(Buffer.alloc(0));
  if (headers['transfer-encoding'] === 'chunked') {
    const body = joinChunks(rest);
    return body && withBody(body);
  }
  const length = headers['content-length'];
  if (length === undefined) return isEnd ? withBody(rest) : undefined;
  return rest.length >= Number(length) ? withBody(rest.subarray(0, Number(length))) : undefined;
};

const noResponse: Parsed = { status: 0, headers: {}, head: '', text: '' };

/** Sends one request on a new connection and returns the response. */
export const sendRawRequest = async (port: number, request: RawRequest): Promise<RawResponse> => {
  const startedAt = performance.now();
  const socket = await openSocket(port);
  const { promise, resolve } = Promise.withResolvers<Parsed>();
  let bytes: Buffer = Buffer.alloc(0);
  const parse = (isEnd: boolean): void => {
    const response = parseResponse(bytes, { isHead: request.method === 'HEAD', isEnd });
    if (response || isEnd) resolve(response ?? noResponse);
  };
  socket.setTimeout(timeoutMs, () => parse(true));
  socket.on('data', (chunk: Buffer) => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    parse(false);
  });
  socket.on('close', () => parse(true));
  socket.write(toBytes(request));
  const response = await promise;
  socket.destroy();
  return { ...response, ms: performance.now() - startedAt };
};
