// Runs in Node and, bundled, in a browser.

/** An operation of the users that the journey calls. */
export type Operation = 'createUser' | 'getUser' | 'listUsers' | 'updateUser';

export type Input = {
  readonly id?: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: Readonly<Record<string, string>>;
  readonly ifMatch?: string;
};

export type SendOptions = {
  readonly signal?: AbortSignal;
  /** Selects a fault of the proxy, see `faulty-proxy.ts`. */
  readonly requestId?: string;
  /** How often the client repeats a request whose connection was lost. */
  readonly retries?: number;
  /** By default the token of the client. */
  readonly token?: string;
};

export type Reply = {
  /** 0 without a response. */
  readonly status: number;
  readonly code?: string | undefined;
  /** The names of the headers that the client can read. */
  readonly headers: readonly string[];
  // oxlint-disable-next-line typescript/no-explicit-any -- the journey reads the fields of several operations
  readonly data?: any;
};

/** Calls an operation by one client. A write has one idempotency key for all of its tries. */
export type Send = (operation: Operation, input: Input, options?: SendOptions) => Promise<Reply>;

export type Outcome = {
  readonly step: string;
  readonly status: number;
  /** The code of a problem, or what is equal for every client. */
  readonly result: unknown;
  readonly headers: readonly string[];
};

/** The headers that matter to a client; a browser hides those that CORS does not expose. */
const compared = ['allow', 'etag', 'idempotency-replayed', 'location', 'www-authenticate', 'x-request-id'];

/** Returns the headers that are compared, of all that a response has. */
export const pickHeaders = (names: Iterable<string>): string[] =>
  [...names].filter((name) => compared.includes(name)).toSorted();

/** Returns the names in a list, or the name and the version of a user. */
const simplify = (data: Reply['data']): unknown => {
  if (data.items) return data.items.map(({ name }: { name: string }) => name);
  return `${data.name}, version ${data.version}`;
};

const toBody = (name: string) => ({ name, email: `${name.toLowerCase()}@acme.example`, role: 'member' });

/** Aborts a call while it waits for a response. */
const abortMs = 50;

/** Lists, creates, causes a conflict, reads pages, aborts a call and loses connections. @returns the outcome of each step. */
export const runJourney = async (send: Send): Promise<Outcome[]> => {
  const outcomes: Outcome[] = [];
  const perform = async (step: string, ...call: Parameters<Send>): Promise<Reply['data']> => {
    const { status, code, headers, data } = await send(...call);
    outcomes.push({ step, status, result: code ?? simplify(data), headers });
    return data;
  };
  const create = (step: string, name: string, options?: SendOptions) =>
    perform(step, 'createUser', { body: toBody(name) }, options);

  await perform('list nothing', 'listUsers', {});
  await perform('list with a wrong token', 'listUsers', {}, { token: 'none' });
  const { id } = await create('create', 'Ada');
  for (const name of ['Bob', 'Cleo', 'Dan']) await create('create another', name);
  await create('create a duplicate', 'Ada');
  await perform('read', 'getUser', { id });
  await perform('change', 'updateUser', { id, ifMatch: '"1"', body: { name: 'Ada King' } });
  await perform('change a stale version', 'updateUser', { id, ifMatch: '"1"', body: { name: 'Ada Byron' } });

  const controller = new AbortController();
  setTimeout(() => controller.abort(), abortMs);
  await create('abort', 'Eve', { signal: controller.signal, requestId: `hang-${id}` });
  await create('lose the connection', 'Eve', { retries: 0, requestId: `drop-${id}` });
  await create('lose the response, and repeat', 'Fay', { retries: 3, requestId: `lose-${id}` });

  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { sort: 'name', limit: 2, ...(cursor && { cursor }) };
    cursor = (await perform('list a page', 'listUsers', { query })).nextCursor;
  }
  return outcomes;
};
