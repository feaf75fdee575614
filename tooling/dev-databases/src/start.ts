// `npm start [-- <app>] [--port <number>]`: the engines, development secrets and one app, until a signal.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Command, runCommand } from './command.ts';
import { DevDatabasesError, messageOf } from './errors.ts';
import { isFree, whoListens } from './port.ts';
import { dataDir, root } from './root.ts';
import { readDevelopmentSecrets, toPublicJwks } from './secrets.ts';
import { startDatabases } from './start-databases.ts';
import { keep } from './warden/keep.mjs';

const DRAIN_MS = 12_000;
const PORT_DEFAULT = '3000';

type Target = { app: string; host: string; port: number };

function readTarget(argv: string[]): Target {
  const usage = 'npm start [-- <app>] [--port <number>], as in: npm start -- svc-users --port 3001';
  let parsed: { values: { port?: string }; positionals: string[] };
  try {
    parsed = parseArgs({ args: argv, allowPositionals: true, options: { port: { type: 'string' } } });
  } catch (error) {
    throw new DevDatabasesError(`${messageOf(error)} The form is: ${usage}.`);
  }
  const [app = 'platform', ...rest] = parsed.positionals;
  if (rest.length > 0) throw new DevDatabasesError(`One app at a time: ${usage}.`);
  const apps = readdirSync(join(root, 'apps')).filter((name) => existsSync(mainOf(name)));
  if (!apps.includes(app)) throw new DevDatabasesError(`There is no app "${app}"; the apps are ${apps.join(', ')}.`);
  const text = parsed.values.port ?? (process.env['PORT'] || PORT_DEFAULT);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new DevDatabasesError(`"${text}" is not a port: use a number from 1 to 65535.`);
  return { app, port, host: process.env['HOST'] || '127.0.0.1' };
}

const mainOf = (app: string): string => join(root, 'apps', app, 'src/main.ts');

async function assertPortFree({ host, port }: Target): Promise<void> {
  if (await isFree(port, host)) return;
  const holder = await whoListens(port);
  const next = port < 65_535 ? port + 1 : PORT_DEFAULT;
  throw new DevDatabasesError(
    `Port ${port} on ${host} is taken by ${holder}: stop it, or use another port with npm start -- --port ${next}.`,
  );
}

async function runApp(target: Target, command: Command): Promise<number> {
  let lost = false;
  const [secrets, engines] = await Promise.all([
    readDevelopmentSecrets(dataDir),
    startDatabases({
      dataDir,
      log: console.error,
      onLost: (name) => {
        console.error(`${name} ended and did not come back (its log is in .data/${name}/log): stopping.`);
        lost = true;
        command.stop();
      },
    }),
  ]);
  try {
    if (command.stopped) return 0;
    const defaults = {
      AUTH_JWKS: toPublicJwks(secrets),
      CURSOR_SECRET: secrets.cursorSecret,
      ...(target.app === 'platform' && { DEMO_DATA: 'true' }),
      // On a machine for development, one address is everybody: browser, scripts and load tests.
      LIMIT_IP_PER_MINUTE: '600000',
      LIMIT_ANONYMOUS_PER_MINUTE: '600000',
      NODE_COMPILE_CACHE: join(dataDir, 'compile-cache'),
    };
    const chosen = {
      HOST: target.host,
      PORT: String(target.port),
      MONGODB_URI: engines.mongodbUri,
      REDIS_URL: engines.redisUrl,
    };
    // An empty variable (a line of .env that nobody filled in) chooses nothing.
    const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
    const env = { ...defaults, ...given, ...chosen };
    const app = keep({ command: [process.execPath, mainOf(target.app)], env, graceMs: DRAIN_MS });
    const exitCode = await command.waitFor(app);
    return lost ? 1 : exitCode;
  } finally {
    await engines.stop();
  }
}

await runCommand(async (command) => {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  const target = readTarget(process.argv.slice(2));
  await assertPortFree(target);
  return runApp(target, command);
});
