/** Who calls: one person or program inside one tenant. `id` is the token's subject. */
export type Principal = {
  readonly kind: 'user' | 'anonymous';
  readonly id: string;
  readonly tenantId: string;
  readonly roles: readonly string[];
};

/** The caller of a public route. It belongs to no tenant, so no tenant collection can be opened for it. */
export const anonymous: Principal = Object.freeze({
  kind: 'anonymous',
  id: '',
  tenantId: '',
  roles: Object.freeze([]),
});

/** W3C trace context: `traceId` is 32 and `spanId` 16 lower-case hexadecimal digits. */
export type Trace = { readonly traceId: string; readonly spanId: string; readonly sampled: boolean };

/** What an operation knows about the call it serves. Plain data, made by the host, passed on unchanged. */
export type Ctx = {
  readonly actor: Principal;
  /** The tenant of every read and write made with this context; it comes from the credential. */
  readonly tenantId: string;
  readonly requestId: string;
  readonly trace: Trace;
  /** Epoch milliseconds after which the answer is of no use; every query ends by then. */
  readonly deadline: number;
  readonly signal: AbortSignal;
};

/** The time, injected so that a test can hold it. */
export type Clock = { now(): Date };

/** Makes UUIDv7 ids, injected so that a test can foresee them. */
export type Ids = { next(): string };
