import type { Ctx, Principal } from '@plinth/data-kit';
import { v7 } from 'uuid';
import { random, randomBytesOf } from './seed.ts';

/** An id that nothing has yet. */
export const anId = (): string => v7({ msecs: Date.now(), seq: random(), random: randomBytesOf(random, 16) });

const hex = (digits: number): string => Buffer.from(randomBytesOf(random, digits / 2)).toString('hex');

/** The owner of a new tenant. */
export const aPrincipal = (overrides: Partial<Principal> = {}): Principal => ({
  kind: 'user',
  id: anId(),
  tenantId: anId(),
  roles: ['owner'],
  ...overrides,
});

type ContextOverrides = Partial<Omit<Ctx, 'actor'>> & { readonly actor?: Partial<Principal> };

const answerWithinMs = 10_000;

/**
 * The context of a call by the owner of a new tenant, with ten seconds left. A tenant that is given, directly or as
 * that of the actor, becomes the tenant of both.
 */
export const aContext = ({ actor, ...overrides }: ContextOverrides = {}): Ctx => {
  const tenantId = overrides.tenantId ?? actor?.tenantId ?? anId();
  return {
    actor: aPrincipal({ tenantId, ...actor }),
    tenantId,
    requestId: anId(),
    trace: { traceId: hex(32), spanId: hex(16), sampled: true },
    deadline: Date.now() + answerWithinMs,
    signal: new AbortController().signal,
    ...overrides,
  };
};
