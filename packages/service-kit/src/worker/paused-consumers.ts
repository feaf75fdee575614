import type { Pauses } from '@plinth/data-kit';
import { repeatEvery } from './repeat.ts';

type Options = { readonly pauses: Pick<Pauses, 'list'>; readonly onError: (cause: unknown) => void };

/** The paused consumers of a module, as this process knows them. */
export type PausedConsumers = {
  /** Returns the last known state. */
  has(consumer: string): boolean;
  /** Looks a consumer up again that was paused, so that a resumed one handles its messages at once. */
  isPaused(consumer: string): Promise<boolean>;
  /** Calls the listener for each consumer that is resumed, until the signal aborts. */
  onResume(listener: (consumer: string) => void, signal: AbortSignal): void;
  /** Reads the pauses every second until the signal aborts. */
  watch(signal: AbortSignal): Promise<void>;
};

const everyMs = 1000;

export const createPausedConsumers = ({ pauses, onError }: Options): PausedConsumers => {
  const listeners = new Set<(consumer: string) => void>();
  let known: ReadonlySet<string> | undefined;
  const read = async (): Promise<ReadonlySet<string>> => {
    const paused = new Set((await pauses.list()).map(({ consumer }) => consumer));
    const resumed = [...(known ?? [])].filter((consumer) => !paused.has(consumer));
    known = paused;
    for (const consumer of resumed) for (const listener of listeners) listener(consumer);
    return paused;
  };
  return {
    has: (consumer) => known?.has(consumer) ?? false,
    isPaused: async (consumer) => (known ?? (await read())).has(consumer) && (await read()).has(consumer),
    onResume: (listener, signal) => {
      listeners.add(listener);
      signal.addEventListener('abort', () => listeners.delete(listener), { once: true });
    },
    watch: (signal) => repeatEvery(everyMs, read, { onError, signal }),
  };
};
