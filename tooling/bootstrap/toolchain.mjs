import { randomUUID } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const platform = `${process.platform}-${process.arch}`;

/** The required tools, and the package of tooling/toolchain that contains each. */
const tools = {
  node: { what: 'Node 24', major: 24, package: `node-${platform}`, folder: 'bin' },
  pnpm: { what: 'pnpm 11', major: 11, package: `@pnpm/exe.${platform}`, folder: '.' },
};
/** A step that takes longer is announced. */
const SLOW_MS = 1200;
/** How npm reaches the registry. Its other variables describe the npm that runs this script. */
const NPM_NETWORK =
  /^npm_config_(registry|cache|userconfig|globalconfig|proxy|https_proxy|noproxy|cafile|ca|strict_ssl)$/i;

/** Resolves with the environment in which Node, pnpm and the commands of the packages are found. */
export async function prepareToolchain(root, runner, { env = process.env, node = process.versions.node } = {}) {
  const base = withoutNpmVariables(env, /^$/);
  const toolchain = { root: join(root, 'tooling/toolchain'), work: join(root, '.data'), env, runner };
  const onPath = base.PATH?.split(delimiter).find((folder) => folder !== '' && isExecutable(join(folder, 'pnpm')));
  const [nodeFolder, pnpmFolder] = await Promise.all([
    isRecent('node', node) ? dirname(process.execPath) : provide('node', toolchain),
    findInstalled('pnpm', onPath, toolchain).then((folder) => folder ?? provide('pnpm', toolchain)),
  ]);
  const path = [nodeFolder, pnpmFolder, join(root, 'node_modules/.bin'), base.PATH].join(delimiter);
  const prepared = { ...base, PATH: path, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  const install = ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline'];
  await announceIfSlow('Installing the packages…', runner.capture(install, { env: prepared, cwd: root }));
  return prepared;
}

const withoutNpmVariables = (env, except) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name) || except.test(name)));

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const isRecent = (name, version) => Number.parseInt(version.replace(/^v/, ''), 10) >= tools[name].major;

/** Returns the folder when it has the tool in a version that is new enough. */
async function findInstalled(name, folder, { env, runner }) {
  if (folder === undefined) return undefined;
  const quiet = { env: { ...withoutNpmVariables(env, /^$/), COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' } };
  const version = await runner.capture([join(folder, name), '--version'], quiet).catch(() => '');
  return isRecent(name, version) ? folder : undefined;
}

/** Returns the folder of the locked tool, which is installed unless it has run from there before. */
async function provide(name, toolchain) {
  const tool = tools[name];
  const lock = JSON.parse(readFileSync(join(toolchain.root, 'package-lock.json'), 'utf8'));
  const locked = lock.packages[`node_modules/${tool.package}`];
  if (locked === undefined) {
    throw new Error(
      `Plinth installs ${tool.what} on linux-x64 and linux-arm64 only: install ${tool.what} or newer on this ${platform} machine, and run the command again.`,
    );
  }
  const target = join(toolchain.root, 'node_modules', tool.package);
  const isWhole = () => readStamp(target) === locked.integrity && isExecutable(join(target, tool.folder, name));
  if (!isWhole()) await install(name, { ...toolchain, locked, target, isWhole });
  return join(target, tool.folder);
}

function readStamp(folder) {
  try {
    return readFileSync(join(folder, '.stamp'), 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Installs one tool with npm beside its place, runs it, stamps it and moves it there. It is a required dependency of a
 * package of its own, because npm ignores errors of optional ones.
 */
async function install(name, { work: parent, env, runner, locked, target, isWhole }) {
  const tool = tools[name];
  const work = join(parent, `toolchain-${randomUUID()}`);
  const source = join(work, 'node_modules', tool.package);
  mkdirSync(work, { recursive: true });
  try {
    const manifest = { name: 'toolchain', version: '0.0.0', dependencies: { [tool.package]: locked.version } };
    const { optional: _optional, ...required } = locked;
    const packages = { '': manifest, [`node_modules/${tool.package}`]: required };
    const lock = { name: manifest.name, version: manifest.version, lockfileVersion: 3, requires: true, packages };
    writeFileSync(join(work, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(work, 'package-lock.json'), JSON.stringify(lock));
    const npm = env.npm_execpath?.endsWith('npm-cli.js') ? [process.execPath, env.npm_execpath] : ['npm'];
    const command = [...npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund'];
    const npmEnv = withoutNpmVariables(env, NPM_NETWORK);
    await announceIfSlow(
      `Downloading ${name} ${locked.version} (once)…`,
      runner.capture(command, { cwd: work, env: npmEnv }),
    );
    if ((await findInstalled(name, join(source, tool.folder), { env, runner })) === undefined) {
      throw new Error(
        `npm installed ${tool.package}, but it does not run: install ${tool.what}, or run the command again.`,
      );
    }
    writeFileSync(join(source, '.stamp'), locked.integrity);
    // Another process may have been faster.
    if (isWhole()) return;
    rmSync(target, { recursive: true, force: true });
    mkdirSync(dirname(target), { recursive: true });
    renameSync(source, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function announceIfSlow(sentence, step) {
  const timer = setTimeout(() => console.error(sentence), SLOW_MS);
  try {
    return await step;
  } finally {
    clearTimeout(timer);
  }
}
