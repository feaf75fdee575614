import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { findAccessibilityFaults, useBrowser } from '../src/index.ts';

const policy = "default-src 'none'; script-src 'unsafe-inline'; img-src data: http:";
const head = '<!doctype html><html lang="en"><head><title>Test</title><link rel="icon" href="data:,"></head>';
const pages: Readonly<Record<string, string>> = {
  '/good': `${head}<body><main><h1>Good</h1></main></body></html>`,
  '/bad': `${head}<body><main><h1>Bad</h1><img src="data:,"></main></body></html>`,
  '/console': `${head}<script>console.error('logged')</script>`,
  '/exception': `${head}<script>throw new Error('thrown')</script>`,
  '/policy': `${head}<script>try { eval('1') } catch {}</script>`,
  '/host': `${head}<img src="http://other.example/" alt="">`,
};

const server = createServer(({ url = '' }, response) => {
  const page = pages[url];
  const headers = { 'content-type': 'text/html', 'content-security-policy': policy };
  response.writeHead(page === undefined ? 404 : 200, headers).end(page ?? 'Not found');
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => server.close());

const it = useBrowser();

describe('the faults of a page', () => {
  it('are none for a page without errors', async ({ page, faults }) => {
    await page.goto(`${origin}/good`);
    expect(await faults.list()).toEqual([]);
  });

  it('are errors in the console, exceptions, violations and requests to other hosts, which a test can allow', async ({
    page,
    faults,
  }) => {
    const patterns = {
      console: /^console: logged/,
      exception: /^exception: Error: thrown/,
      policy: /^policy: script-src blocks eval/,
      host: /^other host: http:\/\/other\.example\/$/,
      missing: /^console: .*404/,
    };
    for (const name of Object.keys(patterns)) await page.goto(`${origin}/${name}`);
    const found = await faults.list();
    for (const pattern of Object.values(patterns)) expect(found).toContainEqual(expect.stringMatching(pattern));
    faults.allow(/./);
    expect(await faults.list()).toEqual([]);
  });

  it.fails('fail a test that does not allow them', async ({ page }) => {
    await page.goto(`${origin}/console`);
  });
});

it('finds what is inaccessible, under a policy without script elements', async ({ page }) => {
  await page.goto(`${origin}/good`);
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await page.setContent(String(pages['/bad']));
  expect(await findAccessibilityFaults(page)).toEqual([expect.stringMatching(/^image-alt: img: /)]);
});
