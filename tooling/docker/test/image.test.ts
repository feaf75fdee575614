import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestIssuer } from '@plinth/auth/testing';
import { aFreePort } from '@plinth/testing';
import { type Child, ownSettings, startChild, untilReady } from '@plinth/testing/process';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { addNode, type BuiltImage, buildOutsideDocker } from '../src/build-outside-docker.ts';
import { copyContext } from '../src/docker-context.ts';
import { parseDockerfile } from '../src/dockerfile.ts';
import { dockerfile, ignoreFile, root } from './paths.ts';

let work: string;
let image: BuiltImage;
/** Nobody can become another user but root. */
const isRoot = process.getuid?.() === 0;

/** Begins a command of the image as the image's user, with the image's environment and what the caller adds. */
const begin = (command: readonly string[], env: Record<string, string> = {}): Child => {
  const child = startChild(command, {
    cwd: join(image.root, image.workdir),
    // Who writes where files are usually put for a while fails here.
    env: { ...image.env, PATH: join(image.root, 'usr/local/bin'), TMPDIR: '/nowhere', HOME: '/nowhere', ...env },
    ...(isRoot && image.user),
  });
  onTestFinished(async () => void (await child.end()));
  return child;
};

const settings = async (): Promise<Record<string, string>> => ({
  ...ownSettings(),
  ...(await createTestIssuer()).settings,
  PORT: String(await aFreePort()),
});

/** Every file below a folder but those of dependencies. */
const filesOf = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const inside = entries.map(async (entry) => {
    if (entry.name === 'node_modules' || !entry.isDirectory()) return [entry.name];
    return (await filesOf(join(folder, entry.name))).map((path) => `${entry.name}/${path}`);
  });
  return (await Promise.all(inside)).flat();
};

const outcome = async ({ exited, output }: Child) => {
  const [code] = await exited;
  return { code, ...output };
};

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'plinth-image-'));
  await chmod(work, 0o711);
  const context = join(work, 'context');
  await copyContext(root, { ignoreFile, to: context });
  const stages = parseDockerfile(await readFile(dockerfile, 'utf8'));
  image = await buildOutsideDocker(stages, { context, work, args: { APP: 'platform' } });
  await addNode(image);
  // As in a container with a read-only root file system: nobody may write anywhere.
  execFileSync('chmod', ['-R', 'a-w,a+rX', image.root]);
}, 240_000);

afterAll(async () => {
  execFileSync('chmod', ['-R', 'u+w', work]);
  await rm(work, { recursive: true, force: true });
});

describe('the image of the platform, built by the steps of the Dockerfile', () => {
  it('serves on files that nobody can write, is healthy, and ends with 0 on SIGTERM', async () => {
    const env = await settings();
    const service = begin(image.command, env);
    await untilReady(service, `http://127.0.0.1:${env['PORT']}/health/ready`, 45_000);
    expect(await outcome(begin(image.healthCheck, env))).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await service.end('SIGTERM'))[0]).toBe(0);
    expect(service.output.stdout).toContain('"event":"stopped"');
  }, 90_000);

  it('boundary: is not healthy when nobody serves', async () => {
    expect((await outcome(begin(image.healthCheck, { PORT: String(await aFreePort()) }))).code).toBe(1);
  });

  it('boundary: without settings it names what is missing and does not start', async () => {
    const { code, stderr } = await outcome(begin(image.command));
    expect(code).toBe(1);
    for (const name of ['MONGODB_URI', 'REDIS_URL', 'AUTH_JWKS', 'CURSOR_SECRET']) expect(stderr).toContain(name);
  });

  it('brings a database up to date without serving', async () => {
    expect(await outcome(begin(['node', 'src/db.ts', 'migrate'], await settings()))).toMatchObject({
      code: 0,
      stderr: '',
    });
  }, 90_000);

  it('integrity: its process cannot change its code', async () => {
    const write = "require('fs').appendFileSync('src/main.ts', ' ')";
    const { code, stderr } = await outcome(begin(['node', '-e', write]));
    expect(code).toBe(1);
    expect(stderr).toContain('EACCES');
  });

  it('holds what runs and nothing that only tests or a checkout need', async () => {
    const modules = await readdir(join(image.root, 'repo/node_modules/.pnpm'));
    expect(modules.filter((name) => /^(vitest|typescript|turbo|oxlint|@biomejs|@changesets)/.test(name))).toEqual([]);
    const own = await filesOf(join(image.root, 'repo'));
    expect(own).toContain('apps/platform/src/main.ts');
    expect(own.filter((file) => /(^|\/)(\.env|\.git|\.data|\.turbo|test)(\/|$)|\.test(-d)?\.ts$/.test(file))).toEqual(
      [],
    );
    expect(existsSync(join(image.root, 'usr/local/lib'))).toBe(false);
  });
});
