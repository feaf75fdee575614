// `npm start [-- <app>] [--port <number>]`: databases, development secrets and one app, until a signal.
import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DevDatabases, startDatabases } from '@plinth/dev-databases';
import { commands } from '../commands.mjs';
import { type Runner, root, withRunner } from '../run.mjs';
import { dataDir, loadEnvFile } from './environment.ts';
import { prepareKeySet, readDevelopmentSecrets } from './secrets.ts';

const drainMs = 12_000;

/** The console is built here in the background, unless CONSOLE_DIR names another folder. */
const consoleDir = join(root, 'apps/console/dist');

/** A worker keeps mail here instead of sending it, unless MAIL_URL names a server. The platform shows it at /dev/mail. */
const mailDir = join(dataDir, 'mail');

type Target = { app: string; port: string | undefined };

function readTarget(args: string[]): Target {
  const apps = globSync('*/src/main.ts', { cwd: join(root, 'apps') }).map((path) => dirname(dirname(path)));
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { port: { type: 'string' } } });
    const app = positionals.join(' ') || 'platform';
    if (apps.includes(app)) return { app, port: values.port };
    throw new Error(`There is no app "${app}"; the apps are ${apps.sort().join(', ')}.`);
  } catch (error) {
    throw new Error(`${(error as Error).message}\nUsage: ${commands.start.usage}`);
  }
}

async function createSettings({ app, port }: Target): Promise<NodeJS.ProcessEnv> {
  const secrets = await readDevelopmentSecrets(dataDir);
  const defaults = {
    AUTH_JWKS_FILE: await prepareKeySet(dataDir, secrets),
    CURSOR_SECRET: secrets.cursorSecret,
    AUDIT_SIGNING_KEY: JSON.stringify(secrets.auditSigningKey),
    IDENTITY_SIGNING_KEY: JSON.stringify(secrets.tokenSigningKey),
    IDENTITY_SECRET: secrets.identitySecret,
    ...(app === 'platform' && { DEMO_DATA: 'true', CONSOLE_DIR: consoleDir, MAIL_DIR: mailDir }),
    // Browser, scripts and load tests of a development machine share one address.
    LIMIT_IP_PER_MINUTE: '600000',
    LIMIT_ANONYMOUS_PER_MINUTE: '600000',
  };
  // An empty variable, as in a line of .env without a value, chooses nothing.
  const variables = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  // A setting comes from its variable or from a file, not from both.
  const toOther = (name: string): string => (name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : `${name}_FILE`);
  const unset = Object.fromEntries(
    Object.entries(defaults).filter(([name]) => !Object.hasOwn(variables, toOther(name))),
  );
  // The links in messages lead to the console of this platform.
  const appUrl = `http://127.0.0.1:${port ?? variables['PORT'] ?? '3000'}`;
  return {
    ...(app === 'platform' && { APP_URL: appUrl }),
    ...unset,
    ...variables,
    ...(port !== undefined && { PORT: port }),
  };
}

/** Smaller steps of garbage collection save 45 MiB a process. They cost throughput, which development does not need. */
const nodeOptions = ['--max-semi-space-size=4'];

const toProgram = (app: string) => [process.execPath, ...nodeOptions, join(root, 'apps', app, 'src/main.ts')] as const;

async function runApp(target: Target, runner: Runner): Promise<number> {
  const settings = await createSettings(target);
  const program = toProgram(target.app);
  let isLost = false;
  const stopLost = (message: string): void => {
    console.error(message);
    isLost = true;
    runner.stop();
  };
  const onLost = (name: string): void =>
    stopLost(`${name} has ended, or the command that had started it: stopping. Its log is .data/${name}/log.`);
  const databasesToCome = { MONGODB_URI: 'mongodb://127.0.0.1', REDIS_URL: 'redis://127.0.0.1' };
  const [checked, databases] = await Promise.all([
    // The app names every setting that it cannot use, while the databases start.
    runner.start([...program, '--check'], { env: { ...databasesToCome, ...settings } }).ended,
    startDatabases({ dataDir, log: console.error, onLost }),
  ]);
  if (checked !== 0 || runner.isStopped()) {
    await databases.stop();
    return checked;
  }
  const env = { ...settings, MONGODB_URI: databases.mongodbUri, REDIS_URL: databases.redisUrl };
  let worker: ReturnType<Runner['start']> | undefined;
  try {
    const { child, ended } = runner.start(program, {
      env,
      graceMs: drainMs,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    child.once('message', () => {
      console.log(renderClosing(databases));
      if (settings['CONSOLE_DIR'] === consoleDir) void buildConsole(runner);
      if (target.app !== 'platform' || runner.isStopped()) return;
      worker = startWorker(runner, env);
      void worker.ended.then((code) => {
        if (code !== 0 && !runner.isStopped()) stopLost('The worker has ended: stopping.');
      });
    });
    const exitCode = await ended;
    return isLost ? 1 : exitCode;
  } finally {
    worker?.stop();
    await worker?.ended;
    await databases.stop();
  }
}

/** Starts a worker, which runs the background half of every module. The platform has migrated the databases before. */
const startWorker = (runner: Runner, env: NodeJS.ProcessEnv): ReturnType<Runner['start']> =>
  // The port of metrics is that of the platform.
  runner.start(toProgram('worker'), { env: { ...env, METRICS_PORT: '' }, graceMs: drainMs });

/** Builds the console, or restores the build of the same sources. Nothing waits for it: the page says that it is being built. */
async function buildConsole(runner: Runner): Promise<void> {
  const command = ['turbo', 'run', 'build', '--filter=@plinth/console', '--output-logs=errors-only'] as const;
  const { code, stdout, stderr } = await runner.capture(command, { signal: undefined });
  if (code === 0 || runner.isStopped()) return;
  console.error(`The console was not built. The API is not affected.\n${stdout}${stderr}`);
}

/** Returns the last lines of `npm start`. URIs from outside may contain passwords. */
const renderClosing = ({ mongodbUri, redisUrl }: DevDatabases): string => `\
  MongoDB    ${process.env['MONGODB_URI'] ? 'from MONGODB_URI' : mongodbUri}
  Redis      ${process.env['REDIS_URL'] ? 'from REDIS_URL' : redisUrl}
  Data       databases and keys of this machine are in .data; delete the folder to start over

Press Ctrl-C to stop.
`;

const exitCode = await withRunner((runner) => {
  loadEnvFile();
  return runApp(readTarget(process.argv.slice(2)), runner);
});
process.exit(exitCode);
