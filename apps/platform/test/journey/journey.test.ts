import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { useBrowser } from '@plinth/browser';
import { openTestDatastore } from '@plinth/mongo/testing';
import { openTestHost } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { rolldown } from 'rolldown';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { modules } from '../../src/modules.ts';
import { localPorts } from '../local-ports.ts';
import { createCurl } from './curl.ts';
import { openFaultyProxy } from './faulty-proxy.ts';
import { type Outcome, runJourney } from './journey.ts';
import { type Access, createClient } from './service-actions.ts';

const it = useBrowser();

/** Bundles the journey for a browser. Its functions are globals there. */
const bundle = async (): Promise<string> => {
  const input = fileURLToPath(new URL('./browser.ts', import.meta.url));
  const build = await rolldown({ input, platform: 'browser' });
  const { output } = await build.generate({ format: 'iife' });
  await build.close();
  return output[0].code;
};

/** Serves a page with the journey. `localhost` and `127.0.0.1` are two origins. */
const servePage = async (script: string) => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end(`<!doctype html><script>${script}</script>`);
  });
  await once(server.listen(0), 'listening');
  const { port } = server.address() as AddressInfo;
  return { allowed: `http://localhost:${port}`, other: `http://127.0.0.1:${port}`, server };
};

let pages: Awaited<ReturnType<typeof servePage>>;
let host: Awaited<ReturnType<typeof openTestHost>>;
let proxy: Awaited<ReturnType<typeof openFaultyProxy>>;
beforeAll(async () => {
  pages = await servePage(await bundle());
  const datastore = await openTestDatastore();
  host = await openTestHost({ modules, localPorts, datastore, corsOrigins: [pages.allowed] });
  await host.server.listen({ host: '127.0.0.1', port: 0 });
  proxy = await openFaultyProxy((host.server.server.address() as AddressInfo).port);
});
afterAll(async () => {
  pages.server.close();
  await proxy.close();
  await host.close();
});
afterEach(async () => expect(await host.faults()).toEqual([]));

/** Returns the access of the owner of a new organization. */
const createAccess = async (): Promise<Access> => ({
  baseUrl: proxy.baseUrl,
  token: await host.signToken({ id: createId(), tenantId: createId(), roles: ['owner'] }),
});

const found = ['x-request-id'];
const versioned = ['etag', ...found];
const created = ['etag', 'location', ...found];

/** The journey of every client. */
const expected: Outcome[] = [
  { step: 'list nothing', status: 200, result: [], headers: found },
  { step: 'list with a wrong token', status: 401, result: 'unauthenticated', headers: ['www-authenticate', ...found] },
  { step: 'create', status: 201, result: 'Ada, version 1', headers: created },
  ...['Bob', 'Cleo', 'Dan'].map((name) => ({
    step: 'create another',
    status: 201,
    result: `${name}, version 1`,
    headers: created,
  })),
  { step: 'create a duplicate', status: 409, result: 'email-taken', headers: found },
  { step: 'read', status: 200, result: 'Ada, version 1', headers: versioned },
  { step: 'change', status: 200, result: 'Ada King, version 2', headers: versioned },
  { step: 'change a stale version', status: 412, result: 'stale-version', headers: found },
  { step: 'abort', status: 0, result: 'aborted', headers: [] },
  { step: 'lose the connection', status: 0, result: 'connection-failed', headers: [] },
  {
    step: 'lose the response, and repeat',
    status: 201,
    result: 'Fay, version 1',
    headers: ['etag', 'idempotency-replayed', 'location', ...found],
  },
  { step: 'list a page', status: 200, result: ['Ada King', 'Bob'], headers: found },
  { step: 'list a page', status: 200, result: ['Cleo', 'Dan'], headers: found },
  { step: 'list a page', status: 200, result: ['Fay'], headers: found },
];

describe('a client has the same journey', () => {
  it('by curl', async () => {
    expect(await runJourney(createCurl(await createAccess()))).toEqual(expected);
  });

  it('by service-actions in Node', async () => {
    expect(await runJourney(createClient(await createAccess()))).toEqual(expected);
  });

  it('by service-actions in a browser, from another origin', async ({ page, faults }) => {
    faults.allow(/status of 4\d\d/, /ERR_EMPTY_RESPONSE/);
    await page.goto(pages.allowed);
    const access = JSON.stringify(await createAccess());
    expect(await page.evaluate(`runJourney(createClient(${access}))`)).toEqual(expected);
  });

  it('boundary: except from an origin that the API does not allow', async ({ page, faults }) => {
    faults.allow(/blocked by CORS policy/, /ERR_FAILED/);
    await page.goto(pages.other);
    const access = JSON.stringify(await createAccess());
    expect(await page.evaluate(`createClient(${access})('listUsers', {})`)).toEqual({
      status: 0,
      code: 'connection-failed',
      headers: [],
    });
  });
});
