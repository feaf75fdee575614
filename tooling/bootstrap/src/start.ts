// `npm start [-- <app>] [--port <number>]`: databases, development secrets and one app, until a signal.
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DevDatabases, DevDatabasesError, startDatabases } from '@plinth/dev-databases';
import { type Runner, root, withRunner } from '../run.mjs';
import { dataDir, loadEnvFile } from './environment.ts';
import { prepareKeySet } from './key-set.ts';
import { readDevelopmentSecrets } from './secrets.ts';

const drainMs = 12_000;

type Target = { app: string; port: string | undefined };

function readTarget(args: string[]): Target {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { port: { type: 'string' } } });
  const app = positionals.join(' ') || 'platform';
  const apps = globSync('*/src/main.ts', { cwd: join(root, 'apps') }).map((path) => dirname(dirname(path)));
  if (apps.includes(app)) return { app, port: values.port };
  throw new DevDatabasesError(`There is no app "${app}"; the apps are ${apps.sort().join(', ')}.`);
}

async function createSettings({ app, port }: Target): Promise<NodeJS.ProcessEnv> {
  const secrets = await readDevelopmentSecrets(dataDir);
  const defaults = {
    AUTH_JWKS_FILE: await prepareKeySet(dataDir, secrets),
    CURSOR_SECRET: secrets.cursorSecret,
    ...(app === 'platform' && { DEMO_DATA: 'true' }),
    // Browser, scripts and load tests of a development machine share one address.
    LIMIT_IP_PER_MINUTE: '600000',
    LIMIT_ANONYMOUS_PER_MINUTE: '600000',
  };
  // An empty variable, as in a line of .env without a value, chooses nothing.
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  // A setting comes from its variable or from a file, not from both.
  const toOther = (name: string): string => (name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : `${name}_FILE`);
  const unset = Object.fromEntries(Object.entries(defaults).filter(([name]) => !Object.hasOwn(given, toOther(name))));
  return { ...unset, ...given, ...(port !== undefined && { PORT: port }) };
}

async function runApp(target: Target, runner: Runner): Promise<number> {
  const settings = await createSettings(target);
  const program = [process.execPath, join(root, 'apps', target.app, 'src/main.ts')] as const;
  // Before the databases start, the app names every setting that it cannot use.
  const databasesToCome = { MONGODB_URI: 'mongodb://127.0.0.1', REDIS_URL: 'redis://127.0.0.1' };
  const checked = await runner.start([...program, '--check'], { env: { ...databasesToCome, ...settings } }).ended;
  if (checked !== 0 || runner.isStopped()) return checked;
  let isLost = false;
  const onLost = (name: string): void => {
    console.error(`${name} has ended, or the command that had started it: stopping. Its log is .data/${name}/log.`);
    isLost = true;
    runner.stop();
  };
  const databases = await startDatabases({ dataDir, log: console.error, onLost });
  try {
    const { child, ended } = runner.start(program, {
      env: { ...settings, MONGODB_URI: databases.mongodbUri, REDIS_URL: databases.redisUrl },
      graceMs: drainMs,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    child.once('message', () => console.log(renderClosing(databases)));
    const exitCode = await ended;
    return isLost ? 1 : exitCode;
  } finally {
    await databases.stop();
  }
}

/** Returns the last lines of `npm start`. URIs from outside may contain passwords. */
const renderClosing = ({ mongodbUri, redisUrl }: DevDatabases): string => `\
  MongoDB    ${process.env['MONGODB_URI'] ? 'from MONGODB_URI' : mongodbUri}
  Redis      ${process.env['REDIS_URL'] ? 'from REDIS_URL' : redisUrl}
  Data       databases and keys of this machine are in .data; delete the folder to start over

Press Ctrl-C to stop.
`;

const exitCode = await withRunner(async (runner) => {
  try {
    loadEnvFile();
  } catch {
    // The app reads it too, and names it together with the other issues.
  }
  return runApp(readTarget(process.argv.slice(2)), runner);
});
process.exit(exitCode);
