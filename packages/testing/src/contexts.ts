import type { Ctx, Principal } from '@plinth/data-kit';
import { v7 } from 'uuid';
import { createRandomBytes, random } from './seed.ts';

/** Creates a new id. */
export const anId = (): string => v7({ msecs: Date.now(), seq: random(), random: createRandomBytes(random, 16) });

const hex = (digits: number): string => Buffer.from(createRandomBytes(random, digits / 2)).toString('hex');

/** Creates the owner of a new tenant. */
export const aPrincipal = (overrides: Partial<Principal> = {}): Principal => ({
  kind: 'user',
  id: anId(),
  tenantId: anId(),
  roles: ['owner'],
  ...overrides,
});

type ContextOverrides = Partial<Omit<Ctx, 'actor'>> & { readonly actor?: Partial<Principal> };

const deadlineMs = 10_000;

/**
 * Creates the context of a call by the owner of a new tenant, with a deadline in ten seconds. A tenant in the overrides,
 * also the actor's, becomes the tenant of both.
 */
export const aContext = ({ actor, ...overrides }: ContextOverrides = {}): Ctx => {
  const tenantId = overrides.tenantId ?? actor?.tenantId ?? anId();
  return {
    actor: aPrincipal({ tenantId, ...actor }),
    tenantId,
    requestId: anId(),
    trace: { traceId: hex(32), spanId: hex(16), sampled: true },
    deadline: Date.now() + deadlineMs,
    signal: new AbortController().signal,
    ...overrides,
  };
};
