import { afterAll, beforeAll, expect, it } from 'vitest';
import { compareServers, runTracing, startRawPair } from '../src/modes.ts';
import { kinds } from '../src/requests.ts';
import { assertSameWork } from '../src/same-work.ts';
import { type Lab, openLab } from '../src/servers.ts';

const { MONGODB_URI: mongodbUri = '', REDIS_URL: redisUrl = '' } = process.env;
const options = { kinds, rounds: 1, seconds: 0.5, log: () => undefined };

const heavy = process.env['PLINTH_HEAVY'] === '1';

let lab: Lab;

beforeAll(async () => {
  lab = await openLab({ mongodbUri, redisUrl });
});

afterAll(() => lab.close(), 60_000);

it('compares the platform with the raw server, with connections and with arrivals', async () => {
  const servers = await startRawPair(lab);
  const rows = await compareServers(lab, servers, { ...options, loads: [4] });
  expect(rows.map(({ kind, load }) => ({ kind, load }))).toEqual(kinds.map((kind) => ({ kind, load: 4 })));
  const slices = rows.flatMap(({ subject, reference }) => [...subject, ...reference]);
  expect(slices).toHaveLength(2 * kinds.length);
  for (const { perSecond, serverMicros } of slices) {
    expect(perSecond).toBeGreaterThan(0);
    expect(serverMicros).toBeGreaterThan(0);
  }
  // The kernel counts in ticks of 10 ms: a single slice on a busy machine may have none.
  expect(Math.max(...slices.map(({ mongodMicros }) => mongodMicros))).toBeGreaterThan(0);
  const arrivals = await compareServers(lab, servers, {
    ...options,
    kinds: ['get'],
    loads: [100],
    traffic: 'arrivals',
  });
  expect(arrivals).toMatchObject([{ load: 100, subject: [{ p50Ms: expect.any(Number) }] }]);
}, 120_000);

it.runIf(heavy)(
  'compares a platform with traces with one without',
  async () => {
    expect(await runTracing(lab, { ...options, kinds: ['get'], loads: [4] })).toHaveLength(1);
  },
  120_000,
);

it.runIf(heavy)(
  'rejects servers that do not serve the same users',
  async () => {
    const [platform, other] = [
      await lab.startPlatformServer({ name: 'a' }),
      await lab.startPlatformServer({ name: 'b' }),
    ];
    await expect(assertSameWork(platform, await lab.startRawServer(other))).rejects.toThrow('return different users');
  },
  120_000,
);

it('rejects databases of another machine', async () => {
  await expect(openLab({ mongodbUri: 'mongodb://db.example', redisUrl })).rejects.toThrow('another machine');
});
