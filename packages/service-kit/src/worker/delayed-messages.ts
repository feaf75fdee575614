import type { Inbox, InboxChange } from '@plinth/data-kit';
import { createAlarm } from './alarm.ts';
import { pauseAfterErrorMs, waitMaxMs, waitOrAbort } from './repeat.ts';

export type DelayedMessagesOptions = {
  readonly inbox: Pick<Inbox, 'releaseDue'>;
  readonly onError: (cause: unknown) => void;
};

export type DelayedMessages = {
  onChange(change: Pick<InboxChange, 'state'>): void;
  /** Changes may have been missed. */
  onGap(): void;
  /** Makes delayed messages ready when they are due, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
};

/** Creates the timer of delayed messages. It reads the inbox when one arrives and when one is due, and not between. */
export const createDelayedMessages = ({ inbox, onError }: DelayedMessagesOptions): DelayedMessages => {
  const alarm = createAlarm();
  return {
    onChange: ({ state }) => {
      if (state === 'delayed') alarm.wake();
    },
    onGap: alarm.wake,
    run: async (signal) => {
      while (!signal.aborted) {
        try {
          const waitMs = (await inbox.releaseDue()) ?? waitMaxMs;
          if (waitMs > 0) await alarm.wait(Math.min(waitMs, waitMaxMs), signal);
        } catch (cause) {
          onError(cause);
          await waitOrAbort(pauseAfterErrorMs, signal);
        }
      }
    },
  };
};
