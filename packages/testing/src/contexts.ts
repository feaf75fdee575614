import type { Ctx, Principal } from '@plinth/data-kit';
import { v7 } from 'uuid';
import { createRandomBytes, random } from './seed.ts';

/** Creates a new id. */
export const createId = (): string => v7({ msecs: Date.now(), seq: random(), random: createRandomBytes(random, 16) });

const hex = (digits: number): string => Buffer.from(createRandomBytes(random, digits / 2)).toString('hex');

/** Creates the owner of a new tenant. */
export const createPrincipal = (overrides: Partial<Principal> = {}): Principal => ({
  kind: 'user',
  id: createId(),
  tenantId: createId(),
  roles: ['owner'],
  ...overrides,
});

type ContextOverrides = Partial<Omit<Ctx, 'actor'>> & { readonly actor?: Partial<Principal> };

const deadlineMs = 10_000;

/**
 * Creates the context of a call by the owner of a new tenant, with a deadline in ten seconds. A tenant in the overrides,
 * also the actor's, becomes the tenant of both.
 */
export const createContext = ({ actor, ...overrides }: ContextOverrides = {}): Ctx => {
  const tenantId = overrides.tenantId ?? actor?.tenantId ?? createId();
  return {
    actor: createPrincipal({ tenantId, ...actor }),
    tenantId,
    requestId: createId(),
    trace: { traceId: hex(32), spanId: hex(16), sampled: true },
    deadline: Date.now() + deadlineMs,
    signal: new AbortController().signal,
    ...overrides,
  };
};
