/** A message in a queue: its id in the inbox, and what decides when it may be handled. */
export type QueuedMessage = { readonly id: string; readonly tenantId: string; readonly orderKey: string };

/** The queue of a consumer. It may lose messages; the inbox then sends them again. */
export type Queue = {
  /** Adds messages. Those that are in the queue already, in whatever state, stay as they are. */
  add(messages: readonly QueuedMessage[]): Promise<void>;
  /** Returns the messages that are waiting, delayed or being handled. */
  list(): Promise<QueuedMessage[]>;
  close(): Promise<void>;
};

export type HandledMessage = QueuedMessage & {
  /** True when a worker that had begun with the message has ended, or has not renewed its lock in time. */
  readonly isTakenOver: boolean;
};

/** Handles a message. Resolves with the pause after which it is handled again, or with undefined when it leaves the queue. */
export type HandleMessage = (message: HandledMessage) => Promise<{ readonly pauseMs: number } | undefined>;

/** The most messages that all workers of a queue together begin with in a time. Retries count too. */
export type RateLimit = { readonly max: number; readonly perMs: number };

export type QueueWorkerOptions = {
  /** How many messages this process handles at a time. */
  readonly concurrency: number;
  readonly rateLimit?: RateLimit | undefined;
  /** A message whose `handle` rejects stays in the queue, and is handled again after a pause. */
  readonly handle: HandleMessage;
};

export type QueueWorker = {
  /** Stops taking messages, and resolves when those in progress have been handled. */
  stop(): Promise<void>;
};

/** Queues that processes share. They hold nothing that must survive. */
export type Queues = {
  /** Opens the queue of this name: lower-case words, joined by hyphens and dots. */
  open(name: string): Queue;
  work(name: string, options: QueueWorkerOptions): QueueWorker;
  /** @throws when the queues cannot be reached. */
  check(): Promise<void>;
  close(): Promise<void>;
};
