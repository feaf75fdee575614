import type { Clock } from '@plinth/data-kit';
import { alignColumns, CommandError } from '../command-line.ts';
import {
  assertName,
  type FoundMessage,
  getConsumer,
  getDeadMessage,
  getMessage,
  type ModuleJobs,
  readStates,
  toModuleNames,
} from './module-jobs.ts';
import { deadHeaders, jobHeaders, renderMessage, toDeadRow, toJobRow } from './render.ts';

export type JobOptions = {
  /** The ids of messages, or for `pause` and `resume` the names of consumers. */
  readonly args: readonly string[];
  readonly name: string | undefined;
  readonly limit: number;
  readonly all: boolean;
  readonly yes: boolean;
};

type CommandDeps = JobOptions & {
  readonly modules: readonly ModuleJobs[];
  readonly clock: Clock;
  readonly print: (line: string) => void;
};

type Command = (deps: CommandDeps) => Promise<void>;

const toCount = (count: number): string => (count === 1 ? '1 message' : `${count} messages`);

const list: Command = async ({ modules, clock, print }) => {
  const states = await readStates(modules);
  if (states.length === 0) return print(`No consumers in ${toModuleNames(modules)}.`);
  const rows = states.map((state) => toJobRow(state, clock.now()));
  for (const line of alignColumns([jobHeaders, ...rows])) print(line);
};

const dead: Command = async ({ modules, name, limit, print }) => {
  assertName(await readStates(modules), name);
  const read = async ({ module, inbox }: ModuleJobs): Promise<FoundMessage[]> =>
    // One more than is shown, to know whether there are more.
    (await inbox.listDead({ consumer: name, limit: limit + 1 })).map((message) => ({ module, inbox, message }));
  const found = (await Promise.all(modules.map(read)))
    .flat()
    .toSorted((one, other) => Number(other.message.endedAt) - Number(one.message.endedAt));
  if (found.length === 0) return print('No dead messages.');
  const rows = found.slice(0, limit).map(({ module, message }) => toDeadRow(module, message));
  for (const line of alignColumns([deadHeaders, ...rows])) print(line);
  if (found.length > limit) print(`There are more: --limit ${limit} is reached.`);
};

const show: Command = async ({ modules, args: [id = ''], print }) => {
  const { module, message } = await getMessage(modules, id);
  for (const line of renderMessage(module, message)) print(line);
};

/** Changes the messages of the ids, when all of them are dead, or every dead message. Returns the number of changed ones. */
const changeDead = async (
  { modules, args: ids, all, name }: CommandDeps,
  changes: { readonly one: 'retry' | 'drop'; readonly every: 'retryAll' | 'dropAll' },
): Promise<number> => {
  if (all) {
    assertName(await readStates(modules), name);
    const counts = await Promise.all(modules.map(({ inbox }) => inbox[changes.every]({ consumer: name })));
    return counts.reduce((sum, count) => sum + count, 0);
  }
  const found = await Promise.all(ids.map((id) => getDeadMessage(modules, id)));
  const changed = await Promise.all(found.map(({ inbox, message }) => inbox[changes.one](message._id)));
  return changed.filter(Boolean).length;
};

const retry: Command = async (deps) => {
  const count = await changeDead(deps, { one: 'retry', every: 'retryAll' });
  deps.print(`Made ${toCount(count)} ready again.`);
};

const drop: Command = async (deps) => {
  const { modules, name, all, yes, print } = deps;
  if (all && !yes) {
    const states = await readStates(modules);
    assertName(states, name);
    const concerned = states.filter(({ consumer }) => name === undefined || consumer === name);
    const count = concerned.reduce((sum, state) => sum + state.dead, 0);
    throw new CommandError(`This ends ${toCount(count)} without effect: add --yes if you mean it.`);
  }
  print(`Dropped ${toCount(await changeDead(deps, { one: 'drop', every: 'dropAll' }))}.`);
};

const toPauseCommand =
  (change: 'pause' | 'resume', texts: { readonly changed: string; readonly unchanged: string }): Command =>
  async ({ modules, args: names, print }) => {
    // All names first, so that a wrong one changes nothing.
    const found = await Promise.all(names.map(async (name) => ({ name, ...(await getConsumer(modules, name)) })));
    for (const { name, module, pauses } of found) {
      const isChanged = await pauses[change](name);
      print(isChanged ? `${texts.changed} ${module}.${name}.` : `${module}.${name} ${texts.unchanged}.`);
    }
  };

const pause = toPauseCommand('pause', { changed: 'Paused', unchanged: 'is paused already' });
const resume = toPauseCommand('resume', { changed: 'Resumed', unchanged: 'is not paused' });

export const commands = { list, dead, show, retry, drop, pause, resume } satisfies Record<string, Command>;
