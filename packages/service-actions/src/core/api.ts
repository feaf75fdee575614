import { createTokens, type GetToken } from './token.ts';

/** The part of `fetch` that is used: a test or a worker may pass another. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export type ApiOptions = {
  /** The URL before the version, as `https://api.example.com`. */
  readonly baseUrl: string;
  /** A token, or a function that fetches one: it is called once, and once more when the API refuses its token. */
  readonly token?: string | GetToken;
  readonly fetch?: Fetch;
  /** Milliseconds for a whole call with all tries; by default 30 seconds. */
  readonly timeoutMs?: number;
  /** Milliseconds for one try; by default 10 seconds, because the API itself stops after 8. */
  readonly tryTimeoutMs?: number;
  /** How often a call that failed is repeated where that is safe; by default 3 times. */
  readonly retries?: number;
  /** Called once for each deprecated route; by default it warns on the console. */
  readonly onDeprecated?: (route: string, sunset: string | null) => void;
};

/** A response that the API may call still valid. It is parsed for each call, because a caller may change its data. */
export type CachedResponse = { readonly etag: string; readonly text: string };

const cachedMax = 100;

const warn = (route: string, sunset: string | null): void =>
  // oxlint-disable-next-line no-restricted-globals -- this runs in the process of a client, whose developer reads the console
  console.warn(`${route} is deprecated.`, sunset ?? '');

/** Creates the connection that all calls to an API share: its token, its cache of `ETag`s, and its limits. */
export const createApi = ({
  baseUrl,
  token,
  timeoutMs = 30_000,
  tryTimeoutMs = 10_000,
  retries = 3,
  onDeprecated = warn,
  ...options
}: ApiOptions) => {
  const deprecated = new Set<string>();
  const cache = new Map<string, CachedResponse>();
  return {
    baseUrl: baseUrl.replace(/\/+$/, ''),
    getToken: token === undefined ? undefined : createTokens(token),
    // Read at each call, because tests replace the global one.
    fetch: ((url, init) => (options.fetch ?? fetch)(url, init)) as Fetch,
    timeoutMs,
    tryTimeoutMs,
    retries,
    cache,
    /** Keeps the latest responses. */
    keep: (key: string, response: CachedResponse): void => {
      cache.delete(key);
      cache.set(key, response);
      if (cache.size > cachedMax) cache.delete([...cache.keys()][0] as string);
    },
    noteDeprecation: (route: string, sunset: string | null): void => {
      if (!deprecated.has(route)) onDeprecated(route, sunset);
      deprecated.add(route);
    },
  };
};

export type Api = ReturnType<typeof createApi>;
