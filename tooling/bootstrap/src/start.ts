// `npm start [-- <app>] [--port <number>]`: databases, development secrets and one app, until a signal.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DevDatabases, DevDatabasesError, startDatabases } from '@plinth/dev-databases';
import type { Runner } from '../run.mjs';
import { dataDir, loadEnvFile, root, runCommand } from './run-command.ts';
import { readDevelopmentSecrets, toPublicJwks } from './secrets.ts';

const DRAIN_MS = 12_000;

type Target = { app: string; port: string | undefined };

function readTarget(argv: string[]): Target {
  const usage = 'npm start -- svc-users --port 3001';
  let parsed: { values: { port?: string }; positionals: string[] };
  try {
    parsed = parseArgs({ args: argv, allowPositionals: true, options: { port: { type: 'string' } } });
  } catch (error) {
    throw new DevDatabasesError(`${(error as Error).message} Usage: ${usage}.`);
  }
  const [app = 'platform', ...rest] = parsed.positionals;
  if (rest.length > 0) throw new DevDatabasesError(`One app at a time: ${usage}.`);
  const apps = readdirSync(join(root, 'apps')).filter((name) => existsSync(toMain(name)));
  if (!apps.includes(app)) throw new DevDatabasesError(`There is no app "${app}"; the apps are ${apps.join(', ')}.`);
  return { app, port: parsed.values.port };
}

const toMain = (app: string): string => join(root, 'apps', app, 'src/main.ts');

async function runApp({ app, port }: Target, runner: Runner): Promise<number> {
  const secrets = await readDevelopmentSecrets(dataDir);
  const defaults = {
    AUTH_JWKS: toPublicJwks(secrets),
    CURSOR_SECRET: secrets.cursorSecret,
    ...(app === 'platform' && { DEMO_DATA: 'true' }),
    // Browser, scripts and load tests of a development machine share one address.
    LIMIT_IP_PER_MINUTE: '600000',
    LIMIT_ANONYMOUS_PER_MINUTE: '600000',
  };
  // An empty variable, as in a line of .env without a value, chooses nothing.
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const settings = { ...defaults, ...given, ...(port !== undefined && { PORT: port }) };
  const program = [process.execPath, toMain(app)] as const;
  // Before the databases start, the app names every setting that it cannot use.
  const databasesToCome = { MONGODB_URI: 'mongodb://127.0.0.1', REDIS_URL: 'redis://127.0.0.1' };
  const checked = await runner.start([...program, '--check'], { env: { ...databasesToCome, ...settings } }).ended;
  if (checked !== 0 || runner.isStopped) return checked;
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
      graceMs: DRAIN_MS,
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
function renderClosing({ mongodbUri, redisUrl }: DevDatabases): string {
  const { MONGODB_URI, REDIS_URL } = process.env;
  const isOutside = MONGODB_URI && REDIS_URL;
  return [
    `  MongoDB    ${MONGODB_URI ? 'from MONGODB_URI' : mongodbUri}`,
    `  Redis      ${REDIS_URL ? 'from REDIS_URL' : redisUrl}`,
    `  Data       ${isOutside ? 'development keys in .data' : 'in .data; delete the folder to start over'}`,
    '',
    'Press Ctrl-C to stop.',
    '',
  ].join('\n');
}

await runCommand(async (runner) => {
  try {
    loadEnvFile();
  } catch {
    // The app reads it too, and names it together with the other issues.
  }
  return runApp(readTarget(process.argv.slice(2)), runner);
});
