import type { MigratableDatastore, MigrationLogEntry, Migrations } from '@plinth/data-kit';
import { type Module, systemClock, systemIds } from '@plinth/service-kit';
import { addDemoData } from '../demo/add-demo-data.ts';
import { tableOf } from './table.ts';

export type DbParts = {
  readonly datastore: MigratableDatastore;
  readonly modules: readonly Module[];
  readonly print: (line: string) => void;
  readonly contract: boolean;
  readonly dryRun: boolean;
};

/** Does what it is named for, and says whether the database is as it should be. */
type Command = (parts: DbParts) => Promise<boolean>;

const options = { clock: systemClock, ids: systemIds };

type Each = (migrations: Migrations, name: string) => Promise<void>;

const eachModule = async ({ datastore, modules }: DbParts, each: Each): Promise<void> => {
  for (const module of modules) {
    await each(datastore.migrations(module, options), module.name);
  }
};

const lineOf = ({ event, fields }: MigrationLogEntry): string =>
  [event, ...Object.entries(fields).map(([name, value]) => `${name}=${value}`)].join(' ');

const status: Command = async (parts) => {
  await eachModule(parts, async (migrations, name) => tableOf(name, await migrations.status()).forEach(parts.print));
  return true;
};

const plan: Command = async (parts) => {
  const { print, contract } = parts;
  await eachModule(parts, async (migrations, name) => {
    const sentences = await migrations.plan({ contract });
    if (sentences.length === 0) print(`${name}: nothing to do.`);
    for (const sentence of sentences) print(`${name}: ${sentence}`);
  });
  return true;
};

const migrate: Command = async (parts) => {
  if (parts.dryRun) return plan(parts);
  const { print, contract } = parts;
  await eachModule(parts, async (migrations, name) => {
    await migrations.migrate({ contract, note: (note) => print(`${name}: ${lineOf(note)}`) });
    const waiting = (await migrations.status()).filter(({ state }) => state !== 'done').map((one) => one.name);
    if (waiting.length === 0) print(`${name}: up to date.`);
    else print(`${name}: up to date but for ${waiting.join(', ')}; run it with --contract when no older code runs.`);
  });
  return true;
};

const check: Command = async (parts) => {
  const { print, modules } = parts;
  let found = 0;
  await eachModule(parts, async (migrations, name) => {
    const sentences = await migrations.drift();
    found += sentences.length;
    for (const sentence of sentences) print(`${name}: ${sentence}`);
  });
  if (found === 0) print(`No drift in ${modules.map(({ name }) => name).join(', ')}.`);
  return found === 0;
};

const seed: Command = async ({ datastore, modules, print }) => {
  await Promise.all(modules.map((module) => datastore.open(module, options).prepare()));
  await addDemoData(datastore);
  print('The demo organizations acme and globex are there.');
  return true;
};

export const commands = { status, migrate, check, seed } satisfies Record<string, Command>;
