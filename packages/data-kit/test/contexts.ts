import type { Ctx } from '../src/context/context.ts';

/** A context of any tenant. */
export const createContext = (overrides: Partial<Ctx> = {}): Ctx => ({
  actor: { kind: 'user', id: 'a', tenantId: 't', roles: [] },
  tenantId: 't',
  requestId: 'r',
  trace: { traceId: '0'.repeat(32), spanId: '0'.repeat(16), sampled: false },
  deadline: 0,
  signal: new AbortController().signal,
  ...overrides,
});
