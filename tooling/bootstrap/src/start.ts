// `npm start [-- <app>] [--port <number>]`: databases, development secrets and one app, until a signal.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DevDatabases, DevDatabasesError, isFree, startDatabases } from '@plinth/dev-databases';
import { type Command, dataDir, root, runCommand } from './run-command.ts';
import { readDevelopmentSecrets, toPublicJwks } from './secrets.ts';

const DRAIN_MS = 12_000;
const PORT_DEFAULT = '3000';

type Target = { app: string; host: string; port: number };

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
  const text = parsed.values.port ?? (process.env['PORT'] || PORT_DEFAULT);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new DevDatabasesError(`"${text}" is not a port: use a number from 1 to 65535.`);
  return { app, port, host: process.env['HOST'] || '127.0.0.1' };
}

const toMain = (app: string): string => join(root, 'apps', app, 'src/main.ts');

async function assertPortFree({ host, port }: Target): Promise<void> {
  if (await isFree(port, host)) return;
  const next = port < 65_535 ? port + 1 : PORT_DEFAULT;
  throw new DevDatabasesError(
    `Port ${port} on ${host} is taken: stop what listens there (lsof -i :${port} shows it), or use another port with npm start -- --port ${next}.`,
  );
}

async function runApp(target: Target, command: Command): Promise<number> {
  let isLost = false;
  const onLost = (name: string): void => {
    console.error(`${name} has ended, or the command that had started it: stopping. Its log is .data/${name}/log.`);
    isLost = true;
    command.stop();
  };
  const [secrets, databases] = await Promise.all([
    readDevelopmentSecrets(dataDir),
    startDatabases({ dataDir, log: console.error, onLost }),
  ]);
  try {
    const defaults = {
      AUTH_JWKS: toPublicJwks(secrets),
      CURSOR_SECRET: secrets.cursorSecret,
      ...(target.app === 'platform' && { DEMO_DATA: 'true' }),
      // Browser, scripts and load tests of a development machine share one address.
      LIMIT_IP_PER_MINUTE: '600000',
      LIMIT_ANONYMOUS_PER_MINUTE: '600000',
    };
    const chosen = {
      HOST: target.host,
      PORT: String(target.port),
      MONGODB_URI: databases.mongodbUri,
      REDIS_URL: databases.redisUrl,
    };
    // An empty variable, as in a line of .env without a value, chooses nothing.
    const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
    const env = { ...defaults, ...given, ...chosen };
    const app = command.run([process.execPath, toMain(target.app)], {
      env,
      graceMs: DRAIN_MS,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    app.child.once('message', () => console.log(renderClosing(databases)));
    const exitCode = await app.ended;
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

await runCommand(async (command) => {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const target = readTarget(process.argv.slice(2));
  await assertPortFree(target);
  return runApp(target, command);
});
