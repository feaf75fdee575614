import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toMailContent } from '@plinth/data-kit';
import { createMailFolder } from '@plinth/mail';
import { openTestDatastore } from '@plinth/mongo/testing';
import { openTestHost, type TestHost } from '@plinth/service-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasDevelopmentMail, serveDevelopmentMail } from '../src/development-mail.ts';

const evil = '<script>alert(1)</script>';
const local = { host: '127.0.0.1:3000' };
const page = { ...local, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let folder: string;
let host: TestHost;
let id: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-mail-'));
  const plugins = [serveDevelopmentMail(folder)];
  host = await openTestHost({ modules: [], datastore: await openTestDatastore(), plugins });
});
afterAll(async () => {
  await host.close();
  await rm(folder, { recursive: true });
});

const get = (url: string, headers: Readonly<Record<string, string>> = local) => host.anonymous.get(url, headers);

it('says that there is no mail yet', async () => {
  expect((await get('/dev/mail')).body).toEqual({ messages: [] });
  expect((await get('/dev/mail', page)).text).toContain('There is no mail yet.');
});

describe('the mail of development', () => {
  beforeAll(async () => {
    const mail = createMailFolder({ folder, from: 'no-reply@plinth.localhost' });
    const content = toMailContent({
      subject: `Hello ${evil}`,
      paragraphs: [evil],
      link: { label: 'Open', url: 'http://127.0.0.1:3000/verify' },
    });
    await mail.send({ ...content, to: 'anna@example.com', key: 'event-1' });
    id = (await get('/dev/mail')).body.messages[0].id;
  });

  it('is sent to programs as JSON', async () => {
    const { body } = await get('/dev/mail');
    expect(body.messages).toMatchObject([{ to: 'anna@example.com', subject: `Hello ${evil}` }]);
    expect((await get(`/dev/mail/${id}`)).body).toEqual(body.messages[0]);
  });

  it('is shown to browsers, escaped, by pages that run no script', async () => {
    for (const url of ['/dev/mail', `/dev/mail/${id}`, `/dev/mail/${id}/html`]) {
      const { text, headers } = await get(url, page);
      expect(headers['content-type'], url).toBe('text/html; charset=utf-8');
      expect(text, url).toContain('Hello &lt;script&gt;');
      expect(text, url).not.toContain('<script');
      expect(headers['content-security-policy'], url).toMatch(/default-src 'none'.*sandbox/);
      expect(headers['content-security-policy'], url).not.toMatch(/script-src|allow-scripts/);
      expect(headers['cache-control'], url).toBe('no-store');
    }
    expect((await get(`/dev/mail/${id}`, page)).text).toContain('http://127.0.0.1:3000/verify');
  });

  it('is sent to no other machine, under no other name and through no proxy', async () => {
    for (const url of ['/dev/mail', `/dev/mail/${id}`, `/dev/mail/${id}/html`]) {
      expect((await get(url, { host: 'evil.example' })).status, url).toBe(404);
      expect((await get(url, { ...local, 'x-forwarded-for': '192.0.2.1' })).status, url).toBe(404);
      expect((await host.server.inject({ url, remoteAddress: '192.0.2.1' })).statusCode, url).toBe(404);
    }
  });

  it('hides an unknown message behind 404', async () => {
    for (const url of ['/dev/mail/nothing', '/dev/mail/..%2f..%2fsecrets', '/dev/mail/nothing/html']) {
      expect((await get(url)).status, url).toBe(404);
    }
  });

  it.each([
    ['development', '/tmp/mail', true],
    ['development', undefined, false],
    ['production', '/tmp/mail', false],
  ])('in %s with MAIL_DIR=%s: %s', (NODE_ENV, MAIL_DIR, expected) => {
    expect(hasDevelopmentMail({ NODE_ENV, MAIL_DIR })).toBe(expected);
  });
});
