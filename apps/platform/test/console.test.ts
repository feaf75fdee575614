import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { StartupError } from '@plinth/data-kit';
import { openTestDatastore } from '@plinth/mongo/testing';
import { openTestHost, type TestHost } from '@plinth/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveConsole } from '../src/console.ts';
import { hasDemoAccounts, serveDemoAccounts } from '../src/demo/accounts.ts';
import { demoUsers } from '../src/demo/users.ts';
import { modules } from '../src/modules.ts';
import { localPorts } from './local-ports.ts';

const page = `<!doctype html><title>The console</title>${' '.repeat(2000)}`;

let folder: string;
let host: TestHost;
let createToken = async ({ id }: { readonly id: string }) => `token of ${id}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-console-'));
  const plugins = [serveConsole(folder), serveDemoAccounts((user) => createToken(user))];
  host = await openTestHost({ modules, localPorts, datastore: await openTestDatastore(), plugins });
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** Resolves with the status, and the type of the body without its parameters. */
const get = async (url: string, headers: Readonly<Record<string, string>> = {}) => {
  const response = await host.anonymous.get(url, headers);
  return { ...response, summary: `${response.status} ${String(response.headers['content-type']).split(';')[0]}` };
};

/** Writes the files of a build, in its order. */
const build = async (): Promise<void> => {
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'assets/index-a1.js'), 'start();');
  await writeFile(join(folder, 'assets/.secret'), '');
  await writeFile(join(folder, 'index.html'), page);
  await writeFile(join(folder, 'index.html.gz'), gzipSync(page));
};

it('sends a page that reloads itself until the build is complete, and then the console', async () => {
  const waiting = await get('/');
  expect(waiting.summary).toBe('200 text/html');
  expect(waiting.text).toContain('http-equiv="refresh"');
  await build();
  expect((await get('/')).text).toBe(page);
});

describe('the console', () => {
  it('has its own content security policy, which allows files of its origin only', async () => {
    const { headers } = await get('/');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("style-src 'self'");
    expect(policy.join()).not.toMatch(/unsafe|\*|https?:/);
  });

  it('is sent in the compressed form of the build, and never as 304', async () => {
    const { headers } = await get('/', { 'accept-encoding': 'gzip' });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'cache-control': 'public, max-age=0' });
    expect(Object.keys(headers)).not.toContain('etag');
    expect(await get('/', { 'if-modified-since': new Date().toUTCString() })).toMatchObject({
      status: 200,
      text: page,
    });
  });

  it('has assets that browsers keep for a year', async () => {
    const { summary, headers } = await get('/assets/index-a1.js');
    expect(summary).toMatch(/^200 (text|application)\/javascript$/);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it('ignores the range of a request', async () => {
    for (const range of ['bytes=0-1', 'bytes=999999-']) {
      expect(await get('/', { range }), range).toMatchObject({ status: 200, text: page });
      expect(await get('/assets/index-a1.js', { range }), range).toMatchObject({ status: 200, text: 'start();' });
    }
  });

  it('opens at the addresses of its screens', async () => {
    for (const path of ['/users', '/users/019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d?status=active', '/orders/new']) {
      expect((await get(path, html)).text, path).toBe(page);
    }
  });

  it('leaves all other paths to the API, which returns a problem', async () => {
    const problem = '404 application/problem+json';
    const paths = [
      '/v1',
      '/v1/nothing',
      '/assets/missing.js',
      '/assets/..%2findex.html',
      '/assets/.secret',
      '/errors/users/nothing',
    ];
    for (const path of paths) expect((await get(path, html)).summary, path).toBe(problem);
    for (const path of ['/users', '/index.html', '/.env']) expect((await get(path)).summary, path).toBe(problem);
    const refused = await host.anonymous.send({ method: 'GET', url: '/v1/users/a/role', headers: html });
    expect({ status: refused.status, allow: refused.headers['allow'] }).toEqual({ status: 405, allow: 'PUT' });
    expect((await host.anonymous.send({ method: 'POST', url: '/users', headers: html })).status).toBe(404);
  });
});

describe('demo accounts', () => {
  const url = '/demo/accounts';

  it('are sent with a token each to a page of this machine', async () => {
    const { status, body } = await get(url, { host: '127.0.0.1:3000' });
    expect(status).toBe(200);
    expect(body.accounts).toHaveLength(demoUsers.length);
    const { id, tenantId, role, name } = demoUsers[0]!;
    expect(body.accounts[0]).toEqual({ id, tenantId, organization: 'acme', role, name, token: `token of ${id}` });
  });

  it('are sent to no other machine and under no other name', async () => {
    for (const name of ['evil.example', '127.0.0.1.evil.example', '192.0.2.1', 'localhost.evil.example']) {
      expect((await get(url, { host: name })).status, name).toBe(404);
    }
    const { statusCode } = await host.server.inject({ url, remoteAddress: '192.0.2.1' });
    expect(statusCode).toBe(404);
  });

  it.each(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'])(
    'are not sent through a proxy that adds %s',
    async (header) => {
      expect((await get(url, { host: 'localhost:3000', [header]: 'localhost' })).status).toBe(404);
    },
  );

  it.each([
    ['development', true, true],
    ['development', false, false],
    ['production', true, false],
  ])('in %s with DEMO_DATA=%s: %s', (NODE_ENV, DEMO_DATA, expected) => {
    expect(hasDemoAccounts({ NODE_ENV, DEMO_DATA })).toBe(expected);
  });

  it('do not exist without a development key', async () => {
    createToken = () => Promise.reject(new StartupError('There is no development key.'));
    expect((await get(url)).status).toBe(404);
  });
});
