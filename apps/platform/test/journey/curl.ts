import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createId } from '@plinth/testing';
import { routes } from '../host.ts';
import { pickHeaders, type Reply, type Send, type SendOptions } from './journey.ts';
import type { Access } from './service-actions.ts';

const run = promisify(execFile);

/** Splits the output of `curl -i`. */
const parseReply = (output: string): Reply => {
  const [head = '', text = ''] = output.split('\r\n\r\n');
  const [statusLine = '', ...headers] = head.split('\r\n');
  const body = text === '' ? undefined : JSON.parse(text);
  const status = Number(statusLine.split(' ')[1]);
  return {
    status,
    code: status < 400 ? undefined : body.code,
    headers: pickHeaders(headers.map((header) => header.split(':')[0]?.toLowerCase() ?? '')),
    data: status < 400 ? body : undefined,
  };
};

const toArguments = (access: Access, [operation, input, options = {}]: Parameters<Send>): string[] => {
  const route = routes.find(([name]) => name === operation)?.[1];
  if (!route) throw new TypeError(`No route is named ${operation}.`);
  const { id = '', query = {}, body, ifMatch } = input;
  const { requestId, retries = 0, token = access.token }: SendOptions = options;
  const parameters = new URLSearchParams(query as Record<string, string>).toString();
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body && { 'content-type': 'application/json', 'idempotency-key': createId() }),
    ...(ifMatch && { 'if-match': ifMatch }),
    ...(requestId && { 'x-request-id': requestId }),
  };
  return [
    ...['--silent', '--include', '--request', route.method],
    ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...(body ? ['--data', JSON.stringify(body)] : []),
    ...(retries > 0 ? ['--retry', String(retries), '--retry-all-errors'] : []),
    `${access.baseUrl}${route.path.replace(':id', id)}?${parameters}`,
  ];
};

/** Sends by curl. */
export const createCurl =
  (access: Access): Send =>
  async (...call) => {
    const signal = call[2]?.signal;
    try {
      return parseReply((await run('curl', toArguments(access, call), { ...(signal && { signal }) })).stdout);
    } catch (error) {
      if (signal?.aborted) return { status: 0, code: 'aborted', headers: [] };
      // 52: the connection ended without a response. 56: it was reset.
      if ([52, 56].includes(Number((error as { code: unknown }).code)))
        return { status: 0, code: 'connection-failed', headers: [] };
      throw error;
    }
  };
