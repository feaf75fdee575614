import { load, type loadOrExit } from '@plinth/config';
import { type Inbox, type NewMessage, type Pauses, toMessageId } from '@plinth/data-kit';
import { openTestDatastore } from '@plinth/mongo/testing';
import { systemClock, systemIds } from '@plinth/service-kit';
import { createId } from '@plinth/testing';
import type { Environment } from '@plinth/testing/process';
import { runJobs } from '../src/jobs/run.ts';
import { modules } from '../src/modules.ts';

export const consumer = 'start-customer-erasure';

/** Creates a message for a consumer of the orders module. */
export const createMessage = (message: Partial<NewMessage> = {}): NewMessage => {
  const id = createId();
  return {
    _id: toMessageId(message.consumer ?? consumer, id),
    tenantId: createId(),
    consumer,
    orderKey: id,
    position: id,
    event: {
      id,
      name: 'users.user-erased',
      source: 'users',
      aggregateId: createId(),
      position: id,
      at: new Date('2026-11-30T08:59:58.000Z'),
      actor: { kind: 'user', id: createId() },
      requestId: 'a-request',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      payload: { steps: 1 },
    },
    ...message,
  };
};

/** Opens the modules on databases of their own, and runs commands in this process, because Node needs a second to start another. */
export const openMessages = async () => {
  const datastore = await openTestDatastore();
  const stores = modules.map((module) => datastore.open(module, { clock: systemClock, ids: systemIds }));
  await Promise.all(stores.map((store) => store.prepare()));
  const getStore = (name: string): { readonly inbox: Inbox; readonly pauses: Pauses } => {
    const store = stores[modules.findIndex((module) => module.name === name)];
    if (!store) throw new Error(`There is no module '${name}'.`);
    return store;
  };
  const env: Environment = {
    MONGODB_URI: process.env['MONGODB_URI'],
    MONGODB_DATABASE_PREFIX: datastore.databasePrefix,
  };
  const loadFromEnv: typeof loadOrExit = async (settings) => load(settings, env);
  return {
    env,
    getInbox: (name: string) => getStore(name).inbox,
    getPauses: (name: string) => getStore(name).pauses,
    close: () => datastore.close(),
    /** Lets a message fail until it is dead, once a second. */
    kill: async (
      inbox: Inbox,
      message: NewMessage,
      { endedAt, attemptsMax = 1 }: { endedAt: Date; attemptsMax?: number },
    ) => {
      await inbox.receive([message]);
      for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
        const at = new Date(endedAt.getTime() - 1000 * (attemptsMax - attempt));
        await inbox.recordFailure(message._id, { at, message: 'TypeError: The order has no customer.', attemptsMax });
      }
    },
    run: async (...args: readonly string[]) => {
      const output = { stdout: '', stderr: '' };
      const code = await runJobs(args, {
        modules,
        load: loadFromEnv,
        print: (text) => void (output.stdout += text),
        printError: (text) => void (output.stderr += text),
      });
      return { code, ...output };
    },
  };
};

export type Messages = Awaited<ReturnType<typeof openMessages>>;
