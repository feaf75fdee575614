import type { MigratableDatastore, MigrationLogEntry, Migrations } from '@plinth/data-kit';
import { type Module, systemClock, systemIds } from '@plinth/service-kit';
import { addDemoData } from '../demo/add-demo-data.ts';
import { toTable } from './table.ts';

export type CommandOptions = {
  readonly modules: readonly Module[];
  readonly contract: boolean;
  readonly dryRun: boolean;
  readonly dropIndexes: boolean;
};

type CommandDeps = CommandOptions & {
  readonly datastore: MigratableDatastore;
  readonly print: (line: string) => void;
};

/** Runs one command. Returns false when drift is left. */
type Command = (deps: CommandDeps) => Promise<boolean>;

const storeOptions = { clock: systemClock, ids: systemIds };

type ModuleTask = (migrations: Migrations, name: string) => Promise<void>;

const forEachModule = async ({ datastore, modules }: CommandDeps, task: ModuleTask): Promise<void> => {
  for (const module of modules) {
    await task(datastore.migrations(module, storeOptions), module.name);
  }
};

const toNames = (modules: readonly Module[]): string => modules.map(({ name }) => name).join(', ');

const toLine = ({ event, fields }: MigrationLogEntry): string =>
  [event, ...Object.entries(fields).map(([name, value]) => `${name}=${value}`)].join(' ');

const status: Command = async (deps) => {
  await forEachModule(deps, async (migrations, name) => {
    for (const line of toTable(name, await migrations.status())) deps.print(line);
  });
  return true;
};

const dryRun: Command = async (deps) => {
  const { print, contract } = deps;
  await forEachModule(deps, async (migrations, name) => {
    const sentences = await migrations.dryRun({ contract });
    if (sentences.length === 0) print(`${name}: nothing to do.`);
    for (const sentence of sentences) print(`${name}: ${sentence}`);
  });
  return true;
};

const migrate: Command = async (deps) => {
  if (deps.dryRun) return dryRun(deps);
  const { print, contract } = deps;
  await forEachModule(deps, async (migrations, name) => {
    await migrations.migrate({ contract, log: (entry) => print(`${name}: ${toLine(entry)}`) });
    const pending = (await migrations.status()).filter(({ state }) => state !== 'done');
    const names = pending.map((migration) => migration.name).join(', ');
    if (pending.length === 0) print(`${name}: up to date.`);
    else
      print(
        `${name}: up to date except ${names}. When no process runs older code, run npm run db -- migrate --contract.`,
      );
  });
  return true;
};

const check: Command = async (deps) => {
  const { print, modules } = deps;
  let driftCount = 0;
  await forEachModule(deps, async (migrations, name) => {
    for (const sentence of await migrations.drift()) {
      print(`${name}: ${sentence}`);
      driftCount += 1;
    }
  });
  if (driftCount === 0) print(`No drift in ${toNames(modules)}.`);
  return driftCount === 0;
};

const repair: Command = async (deps) => {
  const { print, modules, dropIndexes } = deps;
  let repairedCount = 0;
  let unrepairedCount = 0;
  await forEachModule(deps, async (migrations, name) => {
    const { repaired, unrepaired } = await migrations.repair({ dropIndexes });
    for (const sentence of [...repaired, ...unrepaired]) print(`${name}: ${sentence}`);
    repairedCount += repaired.length;
    unrepairedCount += unrepaired.length;
  });
  if (repairedCount + unrepairedCount === 0) print(`Nothing to repair in ${toNames(modules)}.`);
  return unrepairedCount === 0;
};

const seed: Command = async ({ datastore, modules, print }) => {
  await Promise.all(modules.map((module) => datastore.open(module, storeOptions).prepare()));
  await addDemoData(datastore);
  print('The demo organizations acme and globex exist.');
  return true;
};

export const commands = { status, migrate, check, repair, seed } satisfies Record<string, Command>;
