import type { CallOptions } from './types.ts';

/** The input of any call. */
export type AnyInput = {
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly ifMatch?: string | number;
  readonly [param: string]: unknown;
};

/** Returns the path with its query. @throws for a parameter that is empty, `.` or `..`, or that no URL can contain. */
export const toPath = (path: string, { query = {}, ...params }: AnyInput): string => {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => {
    const text = String(params[name]);
    // Parsers of URLs remove these segments, so that the request would reach another route.
    if (/^\.{0,2}$/.test(text)) throw new Error(name);
    return encodeURIComponent(text);
  });
  const parameters = Object.entries(query).filter(([, value]) => value !== undefined);
  return `${filled}?${new URLSearchParams(parameters as [string, string][]).toString()}`.replace(/\?$/, '');
};

const createKey = (): string =>
  // `randomUUID` exists on pages with TLS only.
  crypto.getRandomValues(new Uint32Array(4)).join('-');

/** Returns the headers that all tries of a call share; `isKeyed` is true for a write that accepts an idempotency key. */
export const toHeaders = (isKeyed: boolean, { ifMatch }: AnyInput, options: CallOptions): Record<string, string> => ({
  ...options.headers,
  ...(ifMatch !== undefined && { 'if-match': typeof ifMatch === 'number' ? `"${ifMatch}"` : ifMatch }),
  ...(isKeyed && { 'idempotency-key': options.idempotencyKey ?? createKey() }),
});
