import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { openTestDatastore } from '@plinth/mongo/testing';
import { useTestHost } from '@plinth/service-kit/testing';
import { anId, aPrincipal } from '@plinth/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { usersModule } from '../src/module.ts';
import { aNewUser } from './host.ts';

const isHeavy = process.env['PLINTH_HEAVY'] === '1';
const peopleMax = isHeavy ? 1_000_000 : 20_000;

let datastore: Awaited<ReturnType<typeof openTestDatastore>>;
const host = useTestHost(
  async () => {
    datastore = await openTestDatastore();
    return { modules: [usersModule], datastore };
  },
  { covers: 'exportUsers' },
);
beforeAll(() => host.current.server.listen({ host: '127.0.0.1', port: 0 }));

const path = '/v1/users/export';
/** For long lines, because the sockets of both sides hold some megabytes. */
const longName = '\u{1F600}'.repeat(95);

const owner = (tenantId = anId()) => aPrincipal({ tenantId, roles: ['owner'] });

const openExport = async (tenantId: string): Promise<IncomingMessage> => {
  const { port } = host.current.server.server.address() as AddressInfo;
  const authorization = `Bearer ${await host.current.signToken(owner(tenantId))}`;
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers: { authorization } }, resolve).on('error', reject);
  });
};

const fill = async (tenantId: string, count: number, name = 'Person'): Promise<void> => {
  const raw = datastore.raw('users', 'users');
  const now = Date.now() - count;
  for (let begin = 0; begin < count; begin += 5000) {
    const batch = Array.from({ length: Math.min(5000, count - begin) }, (_, at) => {
      const place = begin + at;
      const time = new Date(now + place);
      return {
        _id: anId(),
        tenantId,
        version: 1,
        createdAt: time,
        updatedAt: time,
        name: `${name} ${place}`,
        email: `p${place}@test.example`,
        emailKey: `p${place}@test.example`,
        role: 'member',
        status: 'active',
        deleted: false,
      };
    });
    await raw.insertMany(batch);
  }
};

describe('the export', () => {
  it('gives one person a line', async () => {
    const tenantId = anId();
    const caller = await host.current.as(owner(tenantId));
    const people = [aNewUser(), aNewUser()];
    for (const person of people) {
      await caller.post('/v1/users', person);
    }
    const answer = await caller.get(path);
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/x-ndjson; charset=utf-8' } });
    const lines = answer.text.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(people);
  });

  it('boundary: of nobody is empty', async () => {
    expect(await (await host.current.as(owner())).get(path)).toMatchObject({ status: 200, text: '' });
  });

  it('is for owners alone, and takes no parameters', async () => {
    expect((await host.current.anonymous.get(path)).status).toBe(401);
    expect((await (await host.current.as(aPrincipal({ roles: ['member'] }))).get(path)).status).toBe(403);
    expect((await (await host.current.as(owner())).get(`${path}?limit=1`)).status).toBe(400);
    expect((await (await host.current.as(owner())).get(path, { accept: 'text/csv' })).status).toBe(406);
  });

  it(`boundary: of ${peopleMax} people is whole and takes the memory of a few pages`, async () => {
    const tenantId = anId();
    await fill(tenantId, peopleMax);
    const response = await openExport(tenantId);
    const before = process.memoryUsage().rss;
    let most = 0;
    let lines = 0;
    let last = '';
    for await (const chunk of response.setEncoding('utf8')) {
      const parts = String(chunk).split('\n');
      lines += parts.length - 1;
      last = (parts.at(-2) ?? last) || last;
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(response.complete).toBe(true);
    expect(lines).toBe(peopleMax);
    expect(most).toBeLessThan(200 * 1024 * 1024);
  }, 900_000);

  it('integrity: is cut when MongoDB fails half-way, so that nobody takes a part for the whole', async () => {
    const tenantId = anId();
    await fill(tenantId, 20_000, longName);
    const failing = (mode: 'alwaysOn' | 'off') =>
      datastore.client.db('admin').command({
        configureFailPoint: 'failCommand',
        mode,
        data: {
          failCommands: ['find'],
          closeConnection: true,
          namespace: `${datastore.databasePrefix}users.users`,
        },
      });
    const response = await openExport(tenantId);
    await failing('alwaysOn');
    try {
      await expect(text(response)).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(response.complete).toBe(false);
    } finally {
      await failing('off');
    }
  }, 60_000);

  it('race: a reader that pauses stops the reading of the database, and one that goes ends it', async () => {
    const tenantId = anId();
    await fill(tenantId, 20_000, longName);
    let finds = 0;
    const onCommand = ({ commandName }: { commandName: string }) => {
      if (commandName === 'find') finds += 1;
    };
    datastore.client.on('commandStarted', onCommand);
    const response = await openExport(tenantId);
    response.once('data', () => response.pause());
    const settled = async () => {
      let seen = -1;
      while (seen !== finds) {
        seen = finds;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return seen;
    };
    const whilePaused = await settled();
    expect(whilePaused).toBeGreaterThan(0);
    expect(whilePaused).toBeLessThan(180);
    response.destroy();
    const afterGoing = await settled();
    expect(afterGoing - whilePaused).toBeLessThan(5);
    datastore.client.off('commandStarted', onCommand);
  }, 60_000);
});
