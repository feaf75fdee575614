import { createMetrics } from '@plinth/telemetry';
import { readMetric } from '@plinth/telemetry/testing';
import { createId, createPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { createOpenApi } from '../src/index.ts';
import { useTestHost } from '../src/testing/index.ts';
import { contactsContract, contactsModule, contactsV2Contract } from './contacts.ts';
import { fakeDatastore } from './fake-datastore.ts';

const metrics = createMetrics();
const host = useTestHost(async () => ({ modules: [contactsModule], datastore: fakeDatastore(), metrics }));
const owner = createPrincipal();

const reference = '</docs>; rel="deprecation sunset"; type="text/html"';
const announcement = { deprecation: '@1767225600', sunset: 'Fri, 01 Jan 2027 00:00:00 GMT' };

describe('two versions of a resource', () => {
  it('show the same stored document, each in its own form', async () => {
    const caller = await host.current.as(owner);
    const created = await caller.post('/v1/contacts', { name: 'Ada King Lovelace' });
    expect(created).toMatchObject({ status: 201, body: { name: 'Ada King Lovelace', version: 1 } });
    const { id } = created.body as { id: string };
    expect(created.headers).toMatchObject({ location: `/v1/contacts/${id}`, etag: '"1"' });
    expect((await caller.get(`/v2/contacts/${id}`)).body).toEqual({
      id,
      version: 1,
      firstName: 'Ada King',
      lastName: 'Lovelace',
    });
    const newer = await caller.post('/v2/contacts', { firstName: 'Grace', lastName: 'Hopper' });
    const newerId = (newer.body as { id: string }).id;
    expect(newer.headers).toMatchObject({ location: `/v2/contacts/${newerId}` });
    expect((await caller.get(`/v1/contacts/${newerId}`)).body).toMatchObject({ name: 'Grace Hopper' });
  });

  it('refuse input by the rules of their own version', async () => {
    const caller = await host.current.as(owner);
    expect(await caller.post('/v1/contacts', { firstName: 'Ada', lastName: 'Lovelace' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/name' }] },
    });
    expect(await caller.post('/v2/contacts', { name: 'Ada Lovelace' })).toMatchObject({ status: 400 });
  });
});

describe('a deprecated version', () => {
  it('announces its end in every response, with the same resource in the next version', async () => {
    const caller = await host.current.as(owner);
    const id = createId();
    const link = `${reference}, </v2/contacts/${id}>; rel="successor-version"`;
    expect(await caller.get(`/v1/contacts/${id}`)).toMatchObject({ status: 404, headers: { ...announcement, link } });
    expect((await caller.get('/v1/contacts/a%22%3Eb')).headers['link']).toContain('</v2/contacts/a%22%3Eb>;');
    expect(await host.current.anonymous.post('/v1/contacts', {})).toMatchObject({
      status: 401,
      headers: { ...announcement, link: `${reference}, </v2/contacts>; rel="successor-version"` },
    });
    const { headers } = await caller.get(`/v2/contacts/${id}`);
    for (const name of ['deprecation', 'sunset', 'link']) expect(headers).not.toHaveProperty(name);
  });

  it('is counted by the tenant that still calls it, up to a number of tenants', async () => {
    const read = async () => {
      const samples = await readMetric(metrics, 'http_server_deprecated_requests_total');
      const ofRoute = samples.filter(({ labels }) => labels['route'] === '/v1/contacts/:id');
      return new Map(ofRoute.map(({ labels, value }) => [labels['tenant'], value]));
    };
    const before = (await read()).get(owner.tenantId) ?? 0;
    const caller = await host.current.as(owner);
    await caller.get(`/v1/contacts/${createId()}`);
    await caller.get(`/v2/contacts/${createId()}`);
    await host.current.anonymous.get(`/v1/contacts/${createId()}`);
    const counts = await read();
    expect(counts.get(owner.tenantId)).toBe(before + 1);
    expect(counts.get('anonymous')).toBe(1);
    for (let index = 0; index < 110; index += 1) {
      await (await host.current.as(createPrincipal())).get(`/v1/contacts/${createId()}`);
    }
    const many = await read();
    expect(many.size).toBe(101);
    expect(many.get('other')).toBe(12);
  });
});

it('the reference has both versions, and says which one ends and what replaces it', () => {
  const { paths, components } = createOpenApi({
    title: 'Contacts',
    contracts: [contactsV2Contract, contactsContract],
  }) as { paths: Record<string, { get: object }>; components: { schemas: object } };
  expect(paths['/v1/contacts/{id}']?.get).toMatchObject({
    operationId: 'getContact',
    deprecated: true,
    description: expect.stringMatching(
      /^Deprecated since 2026-01-01, and may be removed from 2027-01-01 on\. Use `getContactV2` instead\./,
    ),
  });
  expect(paths['/v2/contacts/{id}']?.get).toMatchObject({ operationId: 'getContactV2' });
  expect(paths['/v2/contacts/{id}']?.get).not.toHaveProperty('deprecated');
  expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(['Contact', 'ContactV2']));
});
