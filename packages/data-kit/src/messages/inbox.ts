import type { Failure, Message, MessageHead } from './message.ts';

/** A message as it arrives: without failures, and ready unless it has a time at which it is due. */
export type NewMessage = Pick<Message, '_id' | 'tenantId' | 'consumer' | 'orderKey' | 'position' | 'event'> & {
  readonly dueAt?: Date;
};

/** Returns a message as an inbox stores it first. */
export const toReceived = (message: NewMessage, receivedAt: Date): Message => ({
  ...message,
  state: message.dueAt ? 'delayed' : 'ready',
  failures: [],
  attempts: 0,
  receivedAt,
});

/** The message was handled before, so its effect must not be committed again. */
export class MessageAlreadyHandled extends Error {
  override readonly name = 'MessageAlreadyHandled';

  constructor() {
    super('The message has been handled already.');
  }
}

/** The messages of a consumer and a tenant. */
export type InboxPart = { readonly consumer: string; readonly tenantId: string };

/** A message that arrived, ended, or was made ready again. Only a message that arrived has its tenant. */
export type InboxChange = Pick<Message, '_id' | 'consumer' | 'state'> & { readonly tenantId?: string | undefined };

export type InboxWatch = {
  readonly onChanges: (changes: readonly InboxChange[]) => void;
  /** Called at the start and after each interruption: earlier changes may have been missed. */
  readonly onGap: () => void;
  /** Called for each interruption. */
  readonly onError: (cause: unknown) => void;
  readonly signal: AbortSignal;
};

/** The messages of a consumer that have not been handled. */
export type Backlog = {
  readonly consumer: string;
  readonly ready: number;
  readonly dead: number;
  /** When the oldest ready message arrived. */
  readonly oldestAt: Date | undefined;
};

/** The inbox of a module, with the messages of **every tenant**: for workers and operators only, never for actions. */
export type Inbox = {
  /** Stores messages in their order. Those that are there already stay as they are. */
  receive(messages: readonly NewMessage[]): Promise<void>;
  /**
   * Makes delayed messages ready that are due, hundreds at most. Returns the milliseconds until the next one is due, 0 or less when
   * it is due already, and undefined when there is none. Its clock is that of the database.
   */
  releaseDue(): Promise<number | undefined>;
  /** Returns the tenants with messages that are ready. */
  listTenants(consumer: string): Promise<string[]>;
  /**
   * Returns the oldest ready message of each of the next order keys, in the order of the keys. `after` is the last key of the
   * previous call, or the empty string.
   */
  findHeads(part: InboxPart, page: { readonly after: string; readonly limit: number }): Promise<MessageHead[]>;
  get(id: string): Promise<Message | undefined>;
  /** Returns those of the ids whose messages are ready. */
  filterReady(ids: readonly string[]): Promise<string[]>;
  /**
   * Records a failed attempt, and ends the message as `dead` with the last one. Returns its state, undefined for an unknown
   * message.
   */
  recordFailure(id: string, failure: Failure & { readonly attemptsMax: number }): Promise<Message['state'] | undefined>;
  /** Reports changes until the signal aborts. */
  watch(watch: InboxWatch): Promise<void>;
  /** Returns the backlog of each consumer that has one. */
  readBacklogs(): Promise<Backlog[]>;
  /** Returns dead messages, those that ended last first. */
  listDead(filter: { readonly consumer?: string | undefined; readonly limit: number }): Promise<Message[]>;
  /** Makes a dead message ready again, with no attempts. Returns false when it is not dead. */
  retry(id: string): Promise<boolean>;
  /** Ends a dead message as done, without an effect. Returns false when it is not dead. */
  drop(id: string): Promise<boolean>;
  /** Makes all dead messages ready again, or those of one consumer. Returns their number. */
  retryAll(filter: { readonly consumer?: string | undefined }): Promise<number>;
  /** Ends all dead messages as done, or those of one consumer, without an effect. Returns their number. */
  dropAll(filter: { readonly consumer?: string | undefined }): Promise<number>;
};
