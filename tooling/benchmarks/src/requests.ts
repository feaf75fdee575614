import type { Server, ServerName } from './servers.ts';

export type Headers = Readonly<Record<string, string>>;

/** A server, and the headers that make it answer: a credential, or the name of a tenant. */
export type Target = { readonly name: ServerName; readonly server: Server; readonly headers: Headers };

export type Call = {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers?: Headers;
  /** Sent as JSON. */
  readonly body?: object;
  /** What the answer must have. */
  readonly status: number;
};

const timeoutMs = 5000;

/**
 * One request outside the load.
 * @throws when the answer has another status.
 */
export const ask = async ({ name, server, headers }: Target, call: Call): Promise<unknown> => {
  const { method = 'GET', path, body, status } = call;
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }), ...call.headers },
    signal: AbortSignal.timeout(timeoutMs),
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (answer.status === status) return JSON.parse(text);
  throw new Error(`${name} answered ${answer.status} to ${method} ${path}, not ${status}: ${text}`);
};
