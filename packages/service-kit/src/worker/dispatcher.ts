import type { Inbox, InboxChange, Queue } from '@plinth/data-kit';
import { createAlarm } from './alarm.ts';
import { pauseAfterErrorMs, waitOrAbort } from './repeat.ts';
import { createSender, type SenderOptions } from './sender.ts';
import { createSentMessages, type SentMessages } from './sent-messages.ts';

export type DispatchLimits = Pick<SenderOptions, 'perTenantMax' | 'max'> & {
  /** After this time a message in the queue is looked up, and sent again if it was not handled: the queue may have lost it. */
  readonly checkAfterMs: number;
};

export type DispatcherOptions = DispatchLimits & {
  readonly consumer: string;
  readonly inbox: Pick<Inbox, 'listTenants' | 'findHeads' | 'filterReady'>;
  readonly queue: Pick<Queue, 'add' | 'list'>;
  /** While it is true, no message is sent. `onGap` ends the pause at once. */
  readonly isPaused: () => boolean;
  readonly onError: (cause: unknown) => void;
};

export type Dispatcher = {
  onChange(change: InboxChange): void;
  /** Changes may have been missed. */
  onGap(): void;
  /** Sends messages until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
};

/** Creates the look-up of messages that have been in the queue for long: they have ended, or are sent again. */
const createCheck = ({ inbox, queue }: DispatcherOptions, sent: SentMessages, onEnded: (tenantId: string) => void) => ({
  remove: (id: string): void => {
    const tenantId = sent.remove(id);
    if (tenantId !== undefined) onEnded(tenantId);
  },
  async checkSentBefore(time: number): Promise<void> {
    const old = sent.listBefore(time);
    if (old.length === 0) return;
    const ready = new Set(await inbox.filterReady(old.map(({ id }) => id)));
    for (const { id } of old) if (!ready.has(id)) this.remove(id);
    const again = old.filter(({ id }) => ready.has(id));
    for (const message of again) sent.add(message);
    await queue.add(again);
  },
});

/**
 * Sends the ready messages of a consumer to its queue: at most one of an order key and so many of a tenant at once. So the queue
 * stays short, and events of one aggregate keep their order.
 */
export const createDispatcher = (options: DispatcherOptions): Dispatcher => {
  const { queue, onError, checkAfterMs, isPaused } = options;
  const sent = createSentMessages();
  const sender = createSender({ ...options, sent });
  const check = createCheck(options, sent, sender.addTenant);
  const alarm = createAlarm();
  let isGap = true;

  const onGap = (): void => {
    isGap = true;
    sender.addAllTenants();
    alarm.wake();
  };

  const run = async (signal: AbortSignal): Promise<void> => {
    for (const message of await queue.list()) sent.add(message);
    while (!signal.aborted) {
      if (!isPaused()) {
        const checkedBefore = isGap ? Number.POSITIVE_INFINITY : performance.now() - checkAfterMs;
        isGap = false;
        await check.checkSentBefore(checkedBefore);
        await sender.sendAll();
      }
      await alarm.wait(checkAfterMs / 2, signal);
    }
  };

  return {
    onChange: ({ _id, state, tenantId }) => {
      if (state !== 'ready') check.remove(_id);
      else if (tenantId === undefined) sender.addAllTenants();
      else sender.addTenant(tenantId);
      alarm.wake();
    },
    onGap,
    run: async (signal) => {
      while (!signal.aborted) {
        try {
          await run(signal);
        } catch (cause) {
          onError(cause);
          onGap();
          await waitOrAbort(pauseAfterErrorMs, signal);
        }
      }
    },
  };
};
