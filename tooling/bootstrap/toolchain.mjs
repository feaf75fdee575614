import { createHash, randomUUID } from 'node:crypto';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const NODE_MIN = 24;
const PNPM_MIN = 11;
/** A step that takes longer than this says what it is doing. */
const SLOW_MS = 1200;
/** How npm reaches the registry; everything else that npm exports to its scripts would only mislead another npm. */
const NPM_NETWORK =
  /^npm_config_(registry|cache|userconfig|globalconfig|proxy|https_proxy|noproxy|cafile|ca|strict_ssl)$/i;

const platform = `${process.platform}-${process.arch}`;

/** Resolves with the environment in which Node >= 24, pnpm and the packages' commands are found. */
export async function prepareToolchain(root, runner) {
  const base = withoutNpmVariables(process.env, /^$/);
  let nodeDir = Number(process.versions.node.split('.')[0]) >= NODE_MIN ? dirname(process.execPath) : undefined;
  let pnpmDir = await findPnpm(base, runner);
  if (nodeDir === undefined || pnpmDir === undefined) {
    const modules = await installLocked(join(root, 'tooling/toolchain'), runner);
    nodeDir ??= need(join(modules, `node-${platform}/bin`), 'node', `Node ${NODE_MIN}`);
    pnpmDir ??= need(join(modules, `@pnpm/exe.${platform}`), 'pnpm', `pnpm ${PNPM_MIN}`);
  }
  const path = [nodeDir, pnpmDir, join(root, 'node_modules/.bin'), base.PATH].join(delimiter);
  const env = { ...base, PATH: path, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  await slowly(
    'Installing the packages…',
    runner.capture(['pnpm', 'install', '--frozen-lockfile', '--prefer-offline'], { env }),
  );
  return env;
}

function withoutNpmVariables(env, except) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || except.test(name)));
}

/** The folder of an installed pnpm that is new enough. */
async function findPnpm(env, runner) {
  const dir = (env.PATH ?? '').split(delimiter).find((folder) => folder !== '' && isExecutable(join(folder, 'pnpm')));
  if (dir === undefined) return undefined;
  const quiet = { env: { ...env, COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' } };
  const version = await runner.capture([join(dir, 'pnpm'), '--version'], quiet).catch(() => '0');
  return Number.parseInt(version, 10) >= PNPM_MIN ? dir : undefined;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function need(dir, file, what) {
  if (isExecutable(join(dir, file))) return dir;
  throw new Error(
    `Plinth brings its own ${what} for linux-x64 and linux-arm64 only: install ${what} or newer on this ${platform} machine, and run the command again.`,
  );
}

/**
 * Installs tooling/toolchain's lock file once; the stamp is the lock's hash. It is installed beside its place and
 * moved there, so that neither an interruption nor a second process at the same time leaves half of it.
 */
async function installLocked(dir, runner) {
  const modules = join(dir, 'node_modules');
  const stamp = createHash('sha256')
    .update(readFileSync(join(dir, 'package-lock.json')))
    .digest('hex');
  const isCurrent = () =>
    existsSync(join(modules, '.stamp')) && readFileSync(join(modules, '.stamp'), 'utf8') === stamp;
  if (isCurrent()) return modules;
  const work = join(dir, '../../.data', `toolchain-${randomUUID()}`);
  mkdirSync(work, { recursive: true });
  try {
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(dir, file), join(work, file));
    const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
      ? [process.execPath, process.env.npm_execpath]
      : ['npm'];
    const env = withoutNpmVariables(process.env, NPM_NETWORK);
    const install = runner.capture([...npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: work, env });
    await slowly(`Fetching Node ${NODE_MIN} and pnpm (once)…`, install);
    writeFileSync(join(work, 'node_modules/.stamp'), stamp);
    if (!isCurrent()) {
      rmSync(modules, { recursive: true, force: true });
      renameSync(join(work, 'node_modules'), modules);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return modules;
}

async function slowly(sentence, step) {
  const timer = setTimeout(() => console.error(sentence), SLOW_MS);
  try {
    return await step;
  } finally {
    clearTimeout(timer);
  }
}
