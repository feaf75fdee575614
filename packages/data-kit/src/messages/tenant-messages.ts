import type { ApiError } from '@plinth/contract-kit';
import type { Page } from '../collections/entity.ts';
import type { Ctx } from '../context/context.ts';
import type { Backlog } from './inbox.ts';
import type { Message } from './message.ts';

export type DeadMessagesQuery = {
  readonly consumer: string | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
};

/** The messages of one tenant in the inbox of a module. Changes are recorded, and committed with the unit of work. */
export type TenantMessages = {
  /** Returns the backlogs of the consumers, and of others that have dead messages. Consumers without messages are left out. */
  readBacklogs(consumers: readonly string[]): Promise<Backlog[]>;
  /** Returns dead messages, those that ended last first. @throws `invalid-cursor`. */
  listDead(query: DeadMessagesQuery): Promise<Page<Message>>;
  /** Returns the message that has one of the ids. */
  find(ids: readonly string[]): Promise<Message | undefined>;
  /** Makes a dead message ready again, with no attempts. The commit fails with `conflictError` if it is not dead any more. */
  retry(message: Message, conflictError: ApiError): void;
  /** Ends a dead message without its effect. The commit fails with `conflictError` if it is not dead any more. */
  drop(message: Message, conflictError: ApiError): void;
};

/** The messages of a module, by tenant. */
export type Messages = { for(ctx: Ctx): TenantMessages };

/** Describes the end of a dead message for the journal. */
export const toDeadMessageChange = ({ _id: id, state, attempts }: Message, after: Pick<Message, 'state'>) =>
  ({ kind: 'update', collection: 'inbox', id, before: { state, attempts }, after }) as const;
