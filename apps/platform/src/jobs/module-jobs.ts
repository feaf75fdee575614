import type { Backlog, Inbox, Message, Pauses } from '@plinth/data-kit';
import { CommandError } from '../command-line.ts';

/** The consumers of a module with their messages. */
export type ModuleJobs = {
  readonly module: string;
  readonly consumers: readonly string[];
  readonly inbox: Inbox;
  readonly pauses: Pauses;
};

export type JobState = Backlog & { readonly module: string; readonly pausedAt: Date | undefined };

const readModule = async ({ module, consumers, inbox, pauses }: ModuleJobs): Promise<JobState[]> => {
  const [backlogs, paused] = await Promise.all([inbox.readBacklogs(), pauses.list()]);
  const names = [...backlogs, ...paused].map(({ consumer }) => consumer);
  return [...new Set([...names, ...consumers])].map((consumer) => ({
    module,
    pausedAt: paused.find((pause) => pause.consumer === consumer)?.pausedAt,
    ...(backlogs.find((backlog) => backlog.consumer === consumer) ?? {
      consumer,
      ready: 0,
      dead: 0,
      oldestAt: undefined,
    }),
  }));
};

/** Returns the state of every consumer, and that of former ones that have messages or are paused. */
export const readStates = async (modules: readonly ModuleJobs[]): Promise<JobState[]> =>
  (await Promise.all(modules.map(readModule))).flat();

export const toModuleNames = (modules: readonly ModuleJobs[]): string => modules.map(({ module }) => module).join(', ');

/** @throws `CommandError` when no consumer has the name. */
export const assertName = (states: readonly JobState[], name: string | undefined): void => {
  const names = [...new Set(states.map(({ consumer }) => consumer))];
  if (name === undefined || names.includes(name)) return;
  throw new CommandError(`--name is one of ${names.join(', ')}; '${name}' is not.`);
};

/** @throws `CommandError` when no consumer has the name, or those of several modules. */
export const getConsumer = async (modules: readonly ModuleJobs[], name: string): Promise<ModuleJobs> => {
  const states = await readStates(modules);
  const [state, ...others] = states.filter(({ consumer }) => consumer === name);
  if (!state) {
    const names = states.map(({ consumer }) => consumer).join(', ');
    throw new CommandError(`There is no consumer '${name}' in ${toModuleNames(modules)}. Use one of ${names}.`);
  }
  if (others.length > 0) {
    const owners = [state, ...others].map(({ module }) => module).join(' and ');
    throw new CommandError(`The consumer '${name}' is in ${owners}: choose one with --module.`);
  }
  return modules.find(({ module }) => module === state.module) as ModuleJobs;
};

export type FoundMessage = { readonly module: string; readonly inbox: Inbox; readonly message: Message };

/** @throws `CommandError` when no module has the message, or several have one of this id. */
export const getMessage = async (modules: readonly ModuleJobs[], id: string): Promise<FoundMessage> => {
  const read = async ({ module, inbox }: ModuleJobs): Promise<FoundMessage[]> => {
    const message = await inbox.get(id);
    return message ? [{ module, inbox, message }] : [];
  };
  const [found, ...others] = (await Promise.all(modules.map(read))).flat();
  if (!found) throw new CommandError(`There is no message '${id}' in ${toModuleNames(modules)}.`);
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ module }) => module).join(' and ');
  throw new CommandError(`The message '${id}' is in ${names}: choose one with --module.`);
};

/** @throws `CommandError` also when the message is not dead. */
export const getDeadMessage = async (modules: readonly ModuleJobs[], id: string): Promise<FoundMessage> => {
  const found = await getMessage(modules, id);
  if (found.message.state === 'dead') return found;
  throw new CommandError(`The message '${id}' is not dead: its state is ${found.message.state}.`);
};
