import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Lease, type LeaseDeps, LeaseLost, release, renew, takeLease } from './lease.ts';

type HoldOptions = {
  /** Called for each interruption. */
  readonly onError: (cause: unknown) => void;
  readonly signal: AbortSignal;
};

type LeasedWork = (lease: Lease, signal: AbortSignal) => Promise<void>;

/** Does the work until it ends or the lease may be lost, because it was taken over or could not be renewed in time. */
const workWhileHeld = async (deps: LeaseDeps, lease: Lease, { signal, work }: HoldOptions & { work: LeasedWork }) => {
  const lost = new AbortController();
  let renewedAt = performance.now();
  const beat = async (): Promise<void> => {
    const since = performance.now();
    try {
      await renew(deps, lease);
      renewedAt = since;
    } catch (cause) {
      if (cause instanceof LeaseLost || performance.now() - renewedAt > deps.leaseMs) lost.abort(cause);
    }
  };
  const timer = setInterval(() => void beat(), deps.leaseMs / 4);
  try {
    await work(lease, AbortSignal.any([signal, lost.signal]));
    lost.signal.throwIfAborted();
  } finally {
    clearInterval(timer);
    // When it fails, the lease expires by itself.
    await release(deps, lease).catch(() => undefined);
  }
};

/**
 * Does the work in one process at a time, again after each failure, until the signal aborts. The work must end soon after its
 * own signal has aborted, and check the token of its lease with each write that only its holder may do.
 */
export const holdLease = async (deps: LeaseDeps, options: HoldOptions, work: LeasedWork): Promise<void> => {
  const { signal, onError } = options;
  const holder = `${hostname()}:${process.pid}`;
  while (!signal.aborted) {
    try {
      const lease = await takeLease(deps, holder);
      if (lease) await workWhileHeld(deps, lease, { ...options, work });
    } catch (cause) {
      if (!signal.aborted) onError(cause);
    }
    // Random, so that processes which wait for the lease do not ask all at once.
    await sleep((deps.leaseMs / 4) * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  }
};
