import { commonErrors, type DeadMessage, type Job, type jobsContract, jobsErrors } from '@plinth/contract-kit';
import type { Ctx, Message, Messages, Pauses, ServiceOf, TenantMessages } from '@plinth/data-kit';

/** The jobs and consumers of a module. */
export type ModuleJobs = {
  readonly module: string;
  readonly names: readonly string[];
  readonly messages: Messages;
  readonly pauses: Pick<Pauses, 'list'>;
};

const separator = '.';

/** The id of a message has the name of its job first, and the id of its event or its key last. */
const toPublicId = ({ _id, consumer }: Message): string => `${consumer}${separator}${_id.split('/').at(-1)}`;

/** Returns the ids that the message may have: that of a job with a key contains the tenant. */
const toMessageIds = (publicId: string, { tenantId }: Ctx): string[] => {
  const end = publicId.indexOf(separator);
  const [name, id] = [publicId.slice(0, end), publicId.slice(end + 1)];
  return [`${name}/${id}`, `${name}/${tenantId}/${id}`];
};

const errorName = /^[A-Z]\w*$/;

/** A declared error has a public text. That of any other may have data of the host, so only its name is shown. */
const toPublicText = (text: string): string => {
  const [name = '', ...rest] = text.split(': ');
  if (name === 'ApiError') return rest.join(': ');
  return errorName.test(name) ? name : 'Error';
};

const toDeadMessage = (message: Message, module: string): DeadMessage => {
  const { consumer, event, attempts, receivedAt, endedAt = receivedAt, failures } = message;
  return {
    id: toPublicId(message),
    module,
    name: consumer,
    event: event.name,
    aggregateId: event.aggregateId,
    actor: event.actor,
    requestId: event.requestId,
    attempts,
    receivedAt: receivedAt.toISOString(),
    diedAt: endedAt.toISOString(),
    failures: failures.map(({ at, message: text }) => ({ at: at.toISOString(), text: toPublicText(text) })),
  };
};

const listModule = async ({ module, names, messages, pauses }: ModuleJobs, ctx: Ctx): Promise<Job[]> => {
  const [backlogs, paused] = await Promise.all([messages.for(ctx).readBacklogs(names), pauses.list()]);
  // A former job is listed as long as it has dead messages.
  const former = backlogs.map(({ consumer }) => consumer).filter((name) => !names.includes(name));
  return [...names, ...former].map((name) => {
    const { ready = 0, dead = 0, oldestAt } = backlogs.find(({ consumer }) => consumer === name) ?? {};
    const pausedAt = paused.find(({ consumer }) => consumer === name)?.pausedAt;
    return {
      module,
      name,
      ready,
      dead,
      ...(oldestAt && { oldestReadyAt: oldestAt.toISOString() }),
      ...(pausedAt && { pausedAt: pausedAt.toISOString() }),
    };
  });
};

/** Creates the operations of jobs. They see and change the messages of one organization. */
export const createJobsService = (all: readonly ModuleJobs[]): ServiceOf<typeof jobsContract> => {
  const getMessages = (module: string, ctx: Ctx): TenantMessages => {
    const found = all.find((jobs) => jobs.module === module);
    if (!found) throw commonErrors.notFound();
    return found.messages.for(ctx);
  };
  const getMessage = async (messages: TenantMessages, id: string, ctx: Ctx): Promise<Message> => {
    const message = await messages.find(toMessageIds(id, ctx));
    if (!message) throw commonErrors.notFound();
    return message;
  };
  const end =
    (change: 'retry' | 'drop') =>
    async ({ module, id }: { readonly module: string; readonly id: string }, ctx: Ctx): Promise<void> => {
      const messages = getMessages(module, ctx);
      const message = await getMessage(messages, id, ctx);
      if (message.state !== 'dead') throw jobsErrors.messageNotDead();
      messages[change](message, jobsErrors.messageNotDead());
    };
  return {
    listJobs: async (_input, ctx) => ({ items: (await Promise.all(all.map((jobs) => listModule(jobs, ctx)))).flat() }),
    listDeadMessages: async ({ module, query: { where, limit, cursor } }, ctx) => {
      const page = await getMessages(module, ctx).listDead({ consumer: where.name, limit, cursor });
      return { ...page, items: page.items.map((message) => toDeadMessage(message, module)) };
    },
    getDeadMessage: async ({ module, id }, ctx) => {
      const message = await getMessage(getMessages(module, ctx), id, ctx);
      if (message.state !== 'dead') throw commonErrors.notFound();
      return toDeadMessage(message, module);
    },
    retryDeadMessage: end('retry'),
    dropDeadMessage: end('drop'),
  };
};
