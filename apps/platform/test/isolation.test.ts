import type { RouteSpec } from '@plinth/contract-kit';
import { anId, aPrincipal } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../src/modules.ts';
import { type Caller, createSamples, openPlatform, pathOf, routes, samplesOf } from './host.ts';

type Platform = Awaited<ReturnType<typeof openPlatform>>;

let platform: Platform;
let stranger: Caller;
let foreign: readonly Record<string, unknown>[];
const victimTenant = anId();

const stored = async (): Promise<Record<string, unknown>[]> => {
  const raws = modules.flatMap((module) =>
    Object.values(module.collections).map(({ name }) => platform.datastore.raw(module.name, name).all()),
  );
  return (await Promise.all(raws)).flat().filter(({ tenantId }) => tenantId === victimTenant);
};

const isPlainAction = ({ method, params, body }: RouteSpec): boolean =>
  params !== undefined && !body && (method === 'POST' || method === 'DELETE');

/**
 * Does each thing that needs no body to one of some documents that lets it be done: one is suspended then, another
 * removed, and so on.
 */
const changeSome = async (caller: Caller, ids: readonly string[]): Promise<void> => {
  const untouched = new Set(ids);
  for (const route of routes.map(([, each]): RouteSpec => each).filter(isPlainAction)) {
    for (const id of untouched) {
      const { status } = await caller.send({ method: route.method, url: pathOf(route, id), headers: seen });
      if (status >= 400) continue;
      untouched.delete(id);
      break;
    }
  }
};

beforeAll(async () => {
  platform = await openPlatform();
  const victim = await platform.host.as(aPrincipal({ tenantId: victimTenant }));
  stranger = await platform.host.as(aPrincipal());
  await changeSome(victim, await createSamples(victim, 8));
  foreign = await stored();
  expect(foreign.some(({ deleted }) => deleted === true)).toBe(true);
  expect(foreign.some(({ status }) => status === 'suspended')).toBe(true);
});

afterAll(async () => {
  expect(await platform.host.faults()).toEqual([]);
  await platform.host.close();
});

/** Every text of the victim's documents that is long enough to be recognized. */
const secretsOf = (documents: readonly object[]): string[] =>
  documents.flatMap((document) =>
    Object.values(document).filter((value): value is string => typeof value === 'string' && value.length > 8),
  );

const withoutOccasion = (body: object): object => ({ ...body, requestId: '', instance: '' });

/** The versions that documents of the victim have, so that a change would hold if it reached one. */
const seen = { 'if-match': '"1", "2"' };

const bodyFor = (route: RouteSpec): object | undefined => (route.body ? samplesOf(route.body, 1, 1)[0] : undefined);

/** Everything by which a request could try to name another tenant. */
const disguises = (): readonly { query?: string; headers?: Record<string, string>; body?: object }[] => [
  {},
  { headers: { 'x-tenant-id': victimTenant, tenantid: victimTenant, 'x-forwarded-host': 'acme.example' } },
  { query: `?tenantId=${victimTenant}` },
  { query: `?tenantId[$ne]=${anId()}` },
  { body: { tenantId: victimTenant, _id: foreign[0]?.['_id'], $where: '1' } },
];

describe.each(routes)('%s', (_, route: RouteSpec) => {
  it('shows and changes nothing of another tenant, however it is asked', async () => {
    const secrets = secretsOf(foreign);
    const ids = route.path.includes(':') ? foreign.map((document) => String(document['_id'])) : [''];
    for (const id of ids) {
      for (const { query = '', headers = {}, body } of disguises()) {
        const sent = bodyFor(route);
        const answer = await stranger.send({
          method: route.method,
          url: pathOf(route, id) + query,
          headers: { ...seen, ...headers },
          ...(sent !== undefined && { body: { ...sent, ...body } }),
        });
        const told = secrets.filter(
          (text) => answer.text.includes(text) && text !== id && !JSON.stringify(sent ?? '').includes(text),
        );
        expect(told).toEqual([]);
        if (route.params && query === '') expect(answer.status).toBe(404);
      }
    }
    expect(await stored()).toEqual(foreign);
  });

  if (route.params) {
    it('answers for a foreign id as it does for one that nobody has', async () => {
      const send = (id: string) =>
        stranger.send({ method: route.method, url: pathOf(route, id), body: bodyFor(route), headers: seen });
      const [taken, unknown] = await Promise.all([send(String(foreign[0]?.['_id'])), send(anId())]);
      expect(taken.status).toBe(unknown.status);
      expect(withoutOccasion(taken.body)).toEqual(withoutOccasion(unknown.body));
      const [badTaken, badUnknown] = await Promise.all([send(`${String(foreign[0]?.['_id'])}x`), send(`${anId()}x`)]);
      expect(withoutOccasion(badTaken.body)).toEqual(withoutOccasion(badUnknown.body));
    });
  }
});
