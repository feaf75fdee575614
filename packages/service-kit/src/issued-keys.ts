import type { KeyRing } from '@plinth/auth';
import type { Logger } from '@plinth/logger';
import type { SecurityEvents } from './security-events.ts';
import type { ServedIssuer } from './server.ts';

/** The keys of the product's own issuer in the key ring of a host. */
export type IssuedKeys = {
  /** Looks up the keys, unless that was done a moment ago. Returns whether it was done. */
  refresh(): Promise<boolean>;
  /** Looks up the keys in the background, after an event. A failure is logged, and the keys stay as they are. */
  reload(): void;
  /** Looks up the keys for the first time. Later changes are security events. */
  start(issuer: ServedIssuer, deps: { readonly security: SecurityEvents; readonly logger: Logger }): Promise<void>;
  stop(): void;
};

/** The shortest time between two look-ups because of unknown keys: their names come from clients. */
const cooldownMs = 2000;

/** A key whose event was missed is retired after this time. */
const everyMs = 60_000;

/** Creates the look-up of the keys that a module stores. Before its start there are none. */
export const createIssuedKeys = (keys: Pick<KeyRing, 'replaceIssued'>): IssuedKeys => {
  let load: (() => Promise<void>) | undefined;
  let logger: Logger | undefined;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  const reload = (): void => {
    load?.().catch((err: unknown) => logger?.error('keys-not-replaced', { err }));
  };
  return {
    refresh: async () => {
      if (!load) return false;
      if (!running) {
        if (performance.now() - refreshedAt < cooldownMs) return false;
        refreshedAt = performance.now();
        running = load().finally(() => (running = undefined));
      }
      await running;
      return true;
    },
    reload,
    start: async ({ listKeys }, deps) => {
      const { security } = deps;
      logger = deps.logger;
      load = async () => {
        const { added, retired } = keys.replaceIssued(await listKeys());
        for (const kid of added) security.record('key-added', kid, { kid });
        for (const kid of retired) security.record('key-retired', kid, { kid });
      };
      // The keys at the start are no change.
      keys.replaceIssued(await listKeys());
      timer = setInterval(reload, everyMs).unref();
    },
    stop: () => clearInterval(timer),
  };
};
