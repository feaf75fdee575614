/**
 * The caller: one user or program of one tenant. `id` is the token's subject. For a message it is the consumer, `<module>.<name>`,
 * without roles.
 */
export type Principal = {
  readonly kind: 'user' | 'anonymous' | 'consumer';
  readonly id: string;
  readonly tenantId: string;
  readonly roles: readonly string[];
  /** The identity of the user across organizations. Tokens of a sign-in have it. */
  readonly identityId?: string | undefined;
  /** The sign-in that the token is of. */
  readonly sessionId?: string | undefined;
};

/**
 * The tenant of the platform itself. It has what belongs to no organization: identities, their sessions, and the names of organizations.
 */
export const platformTenantId = '00000000-0000-7000-8000-000000000000';

/** The caller of a public route. It has no tenant. */
export const anonymous: Principal = Object.freeze({
  kind: 'anonymous',
  id: '',
  tenantId: '',
  roles: Object.freeze([]),
});

/** W3C trace context: `traceId` is 32 and `spanId` 16 lower-case hexadecimal digits. */
export type Trace = { readonly traceId: string; readonly spanId: string; readonly sampled: boolean };

/** Returns the fields by which a row or a message keeps the trace of its request. */
export const toTraceFields = ({ traceId, spanId, sampled }: Trace): Trace => ({ traceId, spanId, sampled });

/** The context of a request as plain data. The host creates it; events, jobs and logs receive it unchanged. */
export type Ctx = {
  readonly actor: Principal;
  /**
   * The tenant of every read and write made with this context. It comes from the credential, and for a route that the platform's own
   * tenant serves it is `platformTenantId`.
   */
  readonly tenantId: string;
  readonly requestId: string;
  readonly trace: Trace;
  /** The time in epoch milliseconds by which every query must end, because the client no longer waits then. */
  readonly deadline: number;
  readonly signal: AbortSignal;
};

/** The time, injected so that a test can control it. */
export type Clock = { now(): Date };

/** Creates UUIDv7 ids, injected so that a test can predict them. */
export type Ids = { next(): string };
