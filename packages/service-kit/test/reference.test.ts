import { createHash } from 'node:crypto';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { listErrors } from '../src/index.ts';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsContract, thingsModule } from './things.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));
const get = (url: string, headers: Readonly<Record<string, string>> = {}) => host.current.anonymous.get(url, headers);

/** The headers of a browser that opens an address. */
const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

const getPolicy = ({ headers }: { headers: Readonly<Record<string, unknown>> }): string =>
  String(headers['content-security-policy']);

describe('the page of the reference', () => {
  it('loads its script from this host, and runs no other', async () => {
    const page = await get('/docs', browser);
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(getPolicy(page)).toMatch(/^default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; /);
    expect(page.text.match(/<script[^>]*>/g)).toEqual([expect.stringContaining('src="/docs/reference-')]);
    expect(page.text).not.toMatch(/https?:\/\//);
  });

  it('has a script that browsers keep for a year, in each content coding', async () => {
    const url = /src="([^"]+)"/.exec((await get('/docs')).text)?.[1] ?? '';
    const load = (coding: string) => host.current.server.inject({ url, headers: { 'accept-encoding': coding } });
    const [plain, compressed] = await Promise.all([load('identity'), load('br')]);
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    expect(plain.payload).toContain('Scalar.createApiReference');
    expect(compressed.headers['content-encoding']).toBe('br');
    expect(brotliDecompressSync(compressed.rawPayload).equals(plain.rawPayload)).toBe(true);
  });
});

describe('the page of an error', () => {
  const url = '/errors/things/name-taken';

  it('is HTML for a browser, and a text for other clients', async () => {
    const [page, text] = await Promise.all([get(url, browser), get(url, { accept: '*/*' })]);
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', vary: 'accept, accept-encoding' });
    expect(page.text).toContain('<h1>name-taken</h1>');
    expect(text.headers).toMatchObject({
      'content-type': 'text/markdown; charset=utf-8',
      vary: 'accept, accept-encoding',
    });
    expect(text.text).toMatch(/^# name-taken\n/);
    expect(await get(url, { accept: 'application/json' })).toMatchObject({ status: 200, text: text.text });
  });

  it('links the operations that respond with it', async () => {
    const { text } = await get(url, browser);
    expect(text).toContain('<a href="/docs#tag/things/POST/v1/things"><code>POST /v1/things</code></a>');
    expect(text).not.toContain('/v1/ping');
  });

  it('names the details of an error that has some', async () => {
    expect((await get('/errors/things/too-heavy', browser)).text).toContain('<code>data</code>: <code>maxGrams</code>');
    expect((await get(url, browser)).text).not.toContain('Details');
  });

  it('allows its one style by its hash, and nothing else', async () => {
    for (const page of await Promise.all([get(url, browser), get('/errors', browser)])) {
      const style = /<style>([^<]*)<\/style>/.exec(page.text)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      expect(getPolicy(page)).toContain(
        `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'`,
      );
      expect(page.text).not.toMatch(/<script|style=/);
    }
  });

  it('is linked by the list of all errors', async () => {
    const { text } = await get('/errors', browser);
    for (const { domain, code } of listErrors([thingsContract])) expect(text).toContain(`/errors/${domain}/${code}"`);
  });
});
