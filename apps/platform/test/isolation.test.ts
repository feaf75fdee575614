import type { RouteSpec } from '@plinth/contract-kit';
import { createId, createPrincipal } from '@plinth/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modules } from '../src/modules.ts';
import { type Caller, createSamples, createSampleValues, openPlatform, routes, toPath } from './host.ts';

type Platform = Awaited<ReturnType<typeof openPlatform>>;

let platform: Platform;
let outsider: Caller;
let targetDocuments: readonly Record<string, unknown>[];
const targetTenant = createId();

const listStored = async (): Promise<Record<string, unknown>[]> => {
  const raws = modules.flatMap((module) =>
    Object.values(module.collections).map(({ name }) => platform.datastore.raw(module.name, name).all()),
  );
  return (await Promise.all(raws)).flat().filter(({ tenantId }) => tenantId === targetTenant);
};

const isPlainAction = ({ method, params, body }: RouteSpec): boolean =>
  params !== undefined && !body && (method === 'POST' || method === 'DELETE');

/** Performs each action without a body on one document that allows it, so that one is suspended, another deleted, and so on. */
const performPlainActions = async (caller: Caller, ids: readonly string[]): Promise<void> => {
  const untouched = new Set(ids);
  for (const route of routes.map(([, candidate]): RouteSpec => candidate).filter(isPlainAction)) {
    for (const id of untouched) {
      const { status } = await caller.send({ method: route.method, url: toPath(route, id), headers: anyVersion });
      if (status >= 400) continue;
      untouched.delete(id);
      break;
    }
  }
};

beforeAll(async () => {
  platform = await openPlatform();
  const target = await platform.host.as(createPrincipal({ tenantId: targetTenant }));
  outsider = await platform.host.as(createPrincipal());
  await performPlainActions(target, await createSamples(target, 8));
  targetDocuments = await listStored();
  expect(targetDocuments.some(({ deleted }) => deleted === true)).toBe(true);
  expect(targetDocuments.some(({ status }) => status === 'suspended')).toBe(true);
});

afterAll(async () => {
  expect(await platform.host.faults()).toEqual([]);
  await platform.host.close();
});

/** Returns the texts of documents that are long enough to be recognized. */
const listTexts = (documents: readonly object[]): string[] =>
  documents.flatMap((document) =>
    Object.values(document).filter((value): value is string => typeof value === 'string' && value.length > 8),
  );

const withoutRequestId = (body: object): object => ({ ...body, requestId: '', instance: '' });

/** The versions of the documents, so that a change would succeed if it reached one. */
const anyVersion = { 'if-match': '"1", "2"' };

const createBody = (route: RouteSpec): object | undefined =>
  route.body ? createSampleValues(route.body, 1, 1)[0] : undefined;

/** Creates the parts of a request that name another tenant, in each place where a request could name it. */
const createTenantOverrides = (): readonly { query?: string; headers?: Record<string, string>; body?: object }[] => [
  {},
  { headers: { 'x-tenant-id': targetTenant, tenantid: targetTenant, 'x-forwarded-host': 'acme.example' } },
  { query: `?tenantId=${targetTenant}` },
  { query: `?tenantId[$ne]=${createId()}` },
  { body: { tenantId: targetTenant, _id: targetDocuments[0]?.['_id'], $where: '1' } },
];

describe.each(routes)('%s', (_, route: RouteSpec) => {
  it('integrity: neither reveals nor changes data of another tenant, wherever the request names that tenant', async () => {
    const secrets = listTexts(targetDocuments);
    const ids = route.path.includes(':') ? targetDocuments.map((document) => String(document['_id'])) : [''];
    for (const id of ids) {
      for (const { query = '', headers = {}, body } of createTenantOverrides()) {
        const sent = createBody(route);
        const response = await outsider.send({
          method: route.method,
          url: toPath(route, id) + query,
          headers: { ...anyVersion, ...headers },
          ...(sent !== undefined && { body: { ...sent, ...body } }),
        });
        const leaks = secrets.filter(
          (text) => response.text.includes(text) && text !== id && !JSON.stringify(sent ?? '').includes(text),
        );
        expect(leaks).toEqual([]);
        if (route.params && query === '') expect(response.status).toBe(404);
      }
    }
    expect(await listStored()).toEqual(targetDocuments);
  });

  if (route.params) {
    it('boundary: responds to the id of another tenant exactly as to an unknown id', async () => {
      const send = (id: string) =>
        outsider.send({ method: route.method, url: toPath(route, id), body: createBody(route), headers: anyVersion });
      const [ofTarget, unknown] = await Promise.all([send(String(targetDocuments[0]?.['_id'])), send(createId())]);
      expect(ofTarget.status).toBe(unknown.status);
      expect(withoutRequestId(ofTarget.body)).toEqual(withoutRequestId(unknown.body));
      const [malformedOfTarget, malformedUnknown] = await Promise.all([
        send(`${String(targetDocuments[0]?.['_id'])}x`),
        send(`${createId()}x`),
      ]);
      expect(withoutRequestId(malformedOfTarget.body)).toEqual(withoutRequestId(malformedUnknown.body));
    });
  }
});
