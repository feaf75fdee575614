import type { Backlog, Clock, Inbox, Message } from '@plinth/data-kit';
import { alignColumns, CommandError } from '../command-line.ts';
import { deadHeaders, renderMessage, toAge, toDeadRow } from './render.ts';

export type MessageOptions = {
  readonly ids: readonly string[];
  readonly consumer: string | undefined;
  readonly limit: number;
  readonly all: boolean;
  readonly yes: boolean;
};

type ModuleInbox = { readonly module: string; readonly consumers: readonly string[]; readonly inbox: Inbox };

type CommandDeps = MessageOptions & {
  readonly inboxes: readonly ModuleInbox[];
  readonly clock: Clock;
  readonly print: (line: string) => void;
};

type Command = (deps: CommandDeps) => Promise<void>;

type ModuleBacklog = Backlog & { readonly module: string };

/** Returns the backlogs of all consumers, and those of former consumers that have messages. */
const readBacklogs = async (inboxes: readonly ModuleInbox[]): Promise<ModuleBacklog[]> => {
  const read = async ({ module, consumers, inbox }: ModuleInbox): Promise<ModuleBacklog[]> => {
    const stored = await inbox.readBacklogs();
    const withMessages = new Set(stored.map(({ consumer }) => consumer));
    const empty = consumers
      .filter((consumer) => !withMessages.has(consumer))
      .map((consumer) => ({ consumer, ready: 0, dead: 0, oldestAt: undefined }));
    return [...stored, ...empty].map((backlog) => ({ module, ...backlog }));
  };
  return (await Promise.all(inboxes.map(read))).flat();
};

const toModuleNames = (inboxes: readonly ModuleInbox[]): string => inboxes.map(({ module }) => module).join(', ');

const toCount = (count: number): string => (count === 1 ? '1 message' : `${count} messages`);

const assertConsumer = (backlogs: readonly ModuleBacklog[], consumer: string | undefined): void => {
  const names = [...new Set(backlogs.map((backlog) => backlog.consumer))];
  if (consumer === undefined || names.includes(consumer)) return;
  throw new CommandError(`--consumer is one of ${names.join(', ')}; '${consumer}' is not.`);
};

const list: Command = async ({ inboxes, clock, print }) => {
  const backlogs = await readBacklogs(inboxes);
  if (backlogs.length === 0) return print(`No consumers in ${toModuleNames(inboxes)}.`);
  const rows = backlogs.map(({ module, consumer, ready, dead: deadCount, oldestAt }) => [
    module,
    consumer,
    String(ready),
    String(deadCount),
    oldestAt ? toAge(clock.now().getTime() - oldestAt.getTime()) : '-',
  ]);
  for (const line of alignColumns([['module', 'consumer', 'ready', 'dead', 'oldest ready'], ...rows])) print(line);
};

type Found = { readonly module: string; readonly inbox: Inbox; readonly message: Message };

const dead: Command = async ({ inboxes, consumer, limit, print }) => {
  assertConsumer(await readBacklogs(inboxes), consumer);
  const read = async ({ module, inbox }: ModuleInbox): Promise<Found[]> =>
    // One more than is shown, to know whether there are more.
    (await inbox.listDead({ consumer, limit: limit + 1 })).map((message) => ({ module, inbox, message }));
  const found = (await Promise.all(inboxes.map(read)))
    .flat()
    .toSorted((one, other) => Number(other.message.endedAt) - Number(one.message.endedAt));
  if (found.length === 0) return print('No dead messages.');
  const rows = found.slice(0, limit).map(({ module, message }) => toDeadRow(module, message));
  for (const line of alignColumns([deadHeaders, ...rows])) print(line);
  if (found.length > limit) print(`There are more: --limit ${limit} is reached.`);
};

const getMessage = async (inboxes: readonly ModuleInbox[], id: string): Promise<Found> => {
  const read = async ({ module, inbox }: ModuleInbox): Promise<Found[]> => {
    const message = await inbox.get(id);
    return message ? [{ module, inbox, message }] : [];
  };
  const [found, ...others] = (await Promise.all(inboxes.map(read))).flat();
  if (!found) throw new CommandError(`There is no message '${id}' in ${toModuleNames(inboxes)}.`);
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ module }) => module).join(' and ');
  throw new CommandError(`The message '${id}' is in ${names}: choose one with --module.`);
};

const getDeadMessage = async (inboxes: readonly ModuleInbox[], id: string): Promise<Found> => {
  const found = await getMessage(inboxes, id);
  if (found.message.state === 'dead') return found;
  throw new CommandError(`The message '${id}' is not dead: its state is ${found.message.state}.`);
};

const show: Command = async ({ inboxes, ids: [id = ''], print }) => {
  const { module, message } = await getMessage(inboxes, id);
  for (const line of renderMessage(module, message)) print(line);
};

/** Changes the messages of the ids, when all of them are dead, or every dead message. Returns the number of changed ones. */
const changeDead = async (
  { inboxes, ids, all, consumer }: CommandDeps,
  changes: { readonly one: 'retry' | 'drop'; readonly every: 'retryAll' | 'dropAll' },
): Promise<number> => {
  if (all) {
    assertConsumer(await readBacklogs(inboxes), consumer);
    const counts = await Promise.all(inboxes.map(({ inbox }) => inbox[changes.every]({ consumer })));
    return counts.reduce((sum, count) => sum + count, 0);
  }
  const found = await Promise.all(ids.map((id) => getDeadMessage(inboxes, id)));
  const changed = await Promise.all(found.map(({ inbox, message }) => inbox[changes.one](message._id)));
  return changed.filter(Boolean).length;
};

const retry: Command = async (deps) => {
  const count = await changeDead(deps, { one: 'retry', every: 'retryAll' });
  deps.print(`Made ${toCount(count)} ready again.`);
};

const drop: Command = async (deps) => {
  const { inboxes, consumer, all, yes, print } = deps;
  if (all && !yes) {
    const backlogs = await readBacklogs(inboxes);
    assertConsumer(backlogs, consumer);
    const concerned = backlogs.filter((backlog) => consumer === undefined || backlog.consumer === consumer);
    const count = concerned.reduce((sum, backlog) => sum + backlog.dead, 0);
    throw new CommandError(`This ends ${toCount(count)} without effect: add --yes if you mean it.`);
  }
  print(`Dropped ${toCount(await changeDead(deps, { one: 'drop', every: 'dropAll' }))}.`);
};

export const commands = { list, dead, show, retry, drop } satisfies Record<string, Command>;
