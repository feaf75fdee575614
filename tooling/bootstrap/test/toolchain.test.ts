import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findOnPath } from '@plinth/dev-databases';
import { getFreePort } from '@plinth/testing';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRunner } from '../run.mjs';
import { prepareToolchain } from '../toolchain.mjs';
import { createTemporaryFolder } from './helpers.ts';

const run = promisify(execFile);
const platform = `${process.platform}-${process.arch}`;
const packages = {
  node: { name: `node-${platform}`, program: 'bin/node', version: '24.99.0' },
  pnpm: { name: `@pnpm/exe.${platform}`, program: 'pnpm', version: '12.99.0' },
};
type Tool = keyof typeof packages;

let npm: string;
beforeAll(async () => {
  npm = await realpath((await findOnPath(process.env, 'npm')) ?? '');
});

/** A program that prints its version, and its arguments otherwise. */
const program = (version: string): string => `#!/bin/sh\n[ "$1" = --version ] && echo v${version}\nexit 0\n`;

async function pack(
  folder: string,
  { name, version, program: path }: (typeof packages)[Tool],
  content: string,
): Promise<Buffer> {
  await mkdir(dirname(join(folder, 'package', path)), { recursive: true });
  await writeFile(join(folder, 'package/package.json'), JSON.stringify({ name, version }));
  await writeFile(join(folder, 'package', path), content, { mode: 0o755 });
  await run('tar', ['-czf', 'package.tgz', 'package'], { cwd: folder });
  return readFile(join(folder, 'package.tgz'));
}

type CheckoutOptions = { contents?: Partial<Record<Tool, string>>; npmrc?: string; pnpm?: string };

/** Creates a checkout whose toolchain comes from a registry of this test. PATH has npm, and pnpm only when it is passed. */
async function createCheckout({ contents = {}, npmrc = '', pnpm }: CheckoutOptions = {}) {
  const root = await createTemporaryFolder();
  const requested: string[] = [];
  const state = { isBroken: false };
  const archives: Record<string, Buffer> = {};
  const server = createServer((request, response) => {
    const archive = archives[request.url ?? ''];
    requested.push(request.url ?? '');
    if (state.isBroken || archive === undefined) response.writeHead(403).end('quota exceeded');
    else response.end(archive);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const lock: Record<string, object> = {};
  for (const tool of ['node', 'pnpm'] as const) {
    const archive = await pack(join(root, tool), packages[tool], contents[tool] ?? program(packages[tool].version));
    archives[`/${tool}.tgz`] = archive;
    const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
    const { name, version } = packages[tool];
    // The lock file of the repository names no address, so npm takes the registry of .npmrc.
    const resolved = npmrc.includes('registry=') ? undefined : `${origin}/${tool}.tgz`;
    lock[`node_modules/${name}`] = { version, resolved, integrity, optional: true };
  }
  const [bin, home] = [join(root, 'bin'), join(root, 'home')];
  await Promise.all([mkdir(bin), mkdir(home), mkdir(join(root, 'tooling/toolchain'), { recursive: true })]);
  await writeFile(join(home, '.npmrc'), `fetch-retries=0\n${npmrc}`);
  await writeFile(join(root, 'tooling/toolchain/package-lock.json'), JSON.stringify({ packages: lock }));
  if (pnpm) await writeFile(join(bin, 'pnpm'), pnpm, { mode: 0o755 });
  // npm itself runs on the Node of this test, whatever the checkout finds.
  await writeFile(join(bin, 'npm'), `#!/bin/sh\nexec '${process.execPath}' '${npm}' "$@"\n`, { mode: 0o755 });
  const env: Record<string, string | undefined> = { HOME: home, PATH: bin };
  const prepare = async (node = process.versions.node, check?: { afterMs: number; timeoutMs: number }) => {
    const runner = createRunner();
    try {
      const { PATH } = await prepareToolchain(root, runner, { env, node, check });
      return PATH.split(delimiter).slice(0, -2);
    } finally {
      runner.close();
    }
  };
  return { root, env, requested, state, prepare, modules: join(root, 'tooling/toolchain/node_modules') };
}

/** A checkout with the pnpm of this machine and one package that is not there yet. */
async function createCheckoutWithPackage(registry: string) {
  const checkout = await createCheckout({
    pnpm: `#!/bin/sh\nexec '${await findOnPath(process.env, 'pnpm')}' "$@"\n`,
  });
  const { root } = checkout;
  const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`;
  await Promise.all([
    writeFile(join(root, '.npmrc'), `registry=${registry}\n`),
    writeFile(join(root, 'package.json'), '{"dependencies":{"absent":"1.0.0"}}'),
    writeFile(
      join(root, 'pnpm-lock.yaml'),
      JSON.stringify({
        lockfileVersion: '9.0',
        importers: { '.': { dependencies: { absent: { specifier: '1.0.0', version: '1.0.0' } } } },
        packages: { 'absent@1.0.0': { resolution: { integrity } } },
        snapshots: { 'absent@1.0.0': {} },
      }),
    ),
  ]);
  return checkout;
}

const nodeFolder = dirname(process.execPath);
const getFolder = (modules: string, tool: Tool): string =>
  dirname(join(modules, packages[tool].name, packages[tool].program));

describe('the toolchain', () => {
  it('downloads what is missing: pnpm alone where Node is new enough, nothing where both are', async () => {
    const { requested, prepare, modules } = await createCheckout();
    expect(await prepare()).toEqual([nodeFolder, getFolder(modules, 'pnpm')]);
    expect(requested).toEqual(['/pnpm.tgz']);
    await prepare();
    expect(requested).toEqual(['/pnpm.tgz']);
    const complete = await createCheckout({ pnpm: program('11.0.0') });
    expect(await complete.prepare()).toEqual([nodeFolder]);
    expect(complete.requested).toEqual([]);
  });

  it('downloads both for an old Node, even with omit=optional in the npmrc of the user', async () => {
    const { requested, prepare, modules } = await createCheckout({ npmrc: 'omit=optional\noptional=false\n' });
    expect(await prepare('20.20.2')).toEqual([getFolder(modules, 'node'), getFolder(modules, 'pnpm')]);
    expect(requested.toSorted()).toEqual(['/node.tgz', '/pnpm.tgz']);
  });

  it('fails with the reason of npm when the registry does, leaves nothing, and is repaired by the next start', async () => {
    const { root, state, prepare, modules } = await createCheckout();
    state.isBroken = true;
    await expect(prepare()).rejects.toThrow(/E403|403 Forbidden/);
    expect(await readdir(modules).catch(() => [])).toEqual([]);
    expect(await readdir(join(root, '.data'))).toEqual([]);
    state.isBroken = false;
    expect(await prepare()).toEqual([nodeFolder, getFolder(modules, 'pnpm')]);
  });

  it('fails with the reason of npm when the home cannot be written', async () => {
    const { env, prepare, modules } = await createCheckout();
    // Permissions do not stop root, so the path of the cache leads through a file.
    await writeFile(join(env['HOME'] as string, 'file'), '');
    env['npm_config_cache'] = join(env['HOME'] as string, 'file/cache');
    await expect(prepare()).rejects.toThrow(/ENOTDIR|EEXIST|EACCES/);
    expect(await readdir(modules).catch(() => [])).toEqual([]);
  });

  it('does not count a tool that does not run as installed', async () => {
    const { prepare, modules } = await createCheckout({
      contents: { pnpm: '#!/bin/sh\necho "no such library" >&2\nexit 127\n' },
    });
    await expect(prepare()).rejects.toThrow(/but it does not run/);
    expect(await readdir(modules).catch(() => [])).toEqual([]);
  });

  it('reinstalls a tool that is damaged or has another version', async () => {
    const { prepare, modules } = await createCheckout();
    await prepare();
    const pnpm = join(getFolder(modules, 'pnpm'), 'pnpm');
    const damages = [
      () => rm(pnpm),
      () => chmod(pnpm, 0o644),
      () => writeFile(pnpm, ''),
      () => writeFile(pnpm, program('12.98.0')),
    ];
    for (const damage of damages) {
      await damage();
      await prepare();
      expect((await run(pnpm, ['--version'])).stdout).toBe('v12.99.0\n');
    }
  });

  it('fails in one sentence after few attempts when the registry cannot be reached', async () => {
    const registry = `http://127.0.0.1:${await getFreePort()}`;
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => printed.mockRestore());
    const { prepare } = await createCheckout({ npmrc: `registry=${registry}/\nfetch-retries=9\n` });
    const failure = await prepare().catch(String);
    expect(failure).toMatch(
      /^Error: The npm registry could not be reached: .*connect ECONNREFUSED.*\. Set registry or proxy in \.npmrc, and run the command again\.$/,
    );
    expect(failure).toContain(`${registry}/@pnpm%2fexe.${platform}`);
    expect(printed.mock.calls).toEqual([[`Downloading ${packages.pnpm.name} 12.99.0 from the npm registry (once)…`]]);
  });

  describe('a registry that accepts connections and never responds', () => {
    const check = { afterMs: 300, timeoutMs: 300 };

    const openSilentRegistry = async () => {
      const server = net.createServer((socket) => void socket.on('error', () => {}).resume());
      onTestFinished(() => void server.close());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
      onTestFinished(() => printed.mockRestore());
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, printed };
    };

    const sentence =
      /^Error: The npm registry could not be reached: .*timeout.*\. Set registry or proxy in \.npmrc, and run/;

    it('is named while npm waits for it, and ends the download of a tool', async () => {
      const { url, printed } = await openSilentRegistry();
      const { root, prepare } = await createCheckout({ npmrc: `registry=${url}\n` });
      expect(await prepare(undefined, check).catch(String)).toMatch(sentence);
      expect(printed.mock.calls.flat()).toEqual([
        expect.stringContaining('Downloading'),
        `Waiting for the npm registry at ${url}…`,
      ]);
      expect(await readdir(join(root, '.data'))).toEqual([]);
    });

    it('is named while pnpm waits for it, and ends the installation of the packages', async () => {
      const { url, printed } = await openSilentRegistry();
      const { prepare } = await createCheckoutWithPackage(url);
      expect(await prepare(undefined, check).catch(String)).toMatch(sentence);
      expect(printed.mock.calls.flat()).toContain(`Waiting for the npm registry at ${url}…`);
    });
  });

  it('says the same when pnpm cannot reach the registry for the packages', async () => {
    const { prepare } = await createCheckoutWithPackage(`http://127.0.0.1:${await getFreePort()}/`);
    await expect(prepare()).rejects.toThrow(
      /^The npm registry could not be reached: [^]*refused[^]* Set registry or proxy in \.npmrc, and run/i,
    );
  });
});
