import { commonErrors, defineContract, defineRoute } from '@plinth/contract-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineModule, implement, type Module } from '../src/index.ts';
import { openTestHost, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, things, thingsContract, thingsModule } from './things.ts';

const open = (modules: readonly Module[]) => openTestHost({ modules, datastore: fakeDatastore() });
const pong = z.object({ pong: z.boolean() });

const moduleOf = (routes: Record<string, object>, service: object): Module => ({
  name: 'odd',
  contracts: [{ name: 'odd', permissions: {}, routes: routes as never }],
  collections: {},
  create: () => ({ service: service as never }),
});

describe('a host does not boot', () => {
  const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));

  it('with a route that came without a contract', () => {
    // A plugin or a hand that adds a route past the contracts would be served without a policy.
    expect(() => host.current.server.get('/v1/side-door', async () => 'open')).toThrow();
  });

  it('with a route whose policy no book declares', async () => {
    const route = {
      method: 'GET',
      path: '/v1/odd',
      summary: 'Odd',
      auth: { policy: 'odd:read' },
      responses: { 200: pong },
    };
    await expect(open([moduleOf({ getOdd: route }, { getOdd: async () => ({ pong: true }) })])).rejects.toThrow(
      /odd:read/,
    );
  });

  it('with a route whose auth is missing', async () => {
    const route = { method: 'GET', path: '/v1/odd', summary: 'Odd', responses: { 200: pong } };
    await expect(open([moduleOf({ getOdd: route }, { getOdd: async () => ({ pong: true }) })])).rejects.toThrow();
  });

  it('with a route that nobody serves', async () => {
    const route = { method: 'GET', path: '/v1/odd', summary: 'Odd', auth: 'public', responses: { 200: pong } };
    await expect(open([moduleOf({ getOdd: route }, {})])).rejects.toThrow("no operation serves 'getOdd'");
  });

  it('with two successes', () => {
    const route = {
      method: 'GET',
      path: '/v1/odd',
      summary: 'Odd',
      auth: 'public',
      responses: { 200: pong, 201: pong },
    } as const;
    expect(() =>
      implement({ name: 'odd', permissions: {}, routes: { getOdd: route } })({ getOdd: async () => ({ pong: true }) }),
    ).toThrow('exactly one success');
  });

  it('with two operations of one name', async () => {
    await expect(open([thingsModule, { ...thingsModule, name: 'more' }])).rejects.toThrow("'createThing'");
  });

  it('with a unique index whose error no route declares', () => {
    const getPong = defineRoute({
      method: 'GET',
      path: '/v1/pong',
      summary: 'Pong',
      auth: 'public',
      responses: { 200: pong },
    });
    const contracts = [defineContract('pong', { permissions: {}, routes: { getPong } })] as const;
    expect(() =>
      defineModule({
        name: 'pong',
        contracts,
        collections: { things },
        actions: { getPong: () => async () => ({ pong: true }) },
      }),
    ).toThrow("names the error 'name-taken', which no route declares");
  });
});

describe('a route without a contract', () => {
  it('is refused with a sentence that says what to do', async () => {
    const { createApp } = await import('../src/app.ts');
    const { collectLines, createLogger } = await import('@plinth/logger');
    const app = await createApp({
      name: 'bare',
      contracts: [thingsContract],
      logger: createLogger({ level: 'info', service: 'bare', classified: new Map(), destination: collectLines() }),
      ids: { next: () => 'id' },
      dependencies: [],
      corsOrigins: [],
      inFlightMax: 256,
      publicUrl: 'http://test.example',
      undeclared: 'refuse',
      onViolation: () => undefined,
    });
    expect(() => app.server.get('/v1/side-door', async () => 'open')).toThrow(
      'GET /v1/side-door has no contract, so nobody has said who may call it.',
    );
    await app.server.close();
  });
});

describe('an undeclared answer', () => {
  const subject = {
    id: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5d',
    tenantId: '019389aa-5e5f-7c1d-9d3f-7f1e2a3b4c5e',
    roles: ['owner'],
  };
  const fail = async (way: string, undeclared: 'send' | 'refuse' = 'refuse') => {
    const host = await openTestHost({ modules: [thingsModule], datastore: fakeDatastore(), undeclared });
    const answer = await (await host.as(subject)).post(`/v1/failures/${way}`, undefined);
    const result = { answer, faults: await host.faults(), log: host.lines.lines.join('\n') };
    await host.close();
    return result;
  };

  it('is refused as a fault in tests when its error is not declared', async () => {
    const { answer, faults } = await fail('undeclared');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(faults).toEqual([expect.stringContaining('POST /v1/failures/:way answered 409 undeclared')]);
  });

  it('is sent and reported in production when its error is not declared', async () => {
    const { answer, faults } = await fail('undeclared', 'send');
    expect(answer).toMatchObject({ status: 409, body: { code: 'undeclared' } });
    expect(faults).toHaveLength(1);
  });

  it('is refused when it has a field that the contract does not declare', async () => {
    const { answer, faults, log } = await fail('leak');
    expect(faults).toEqual([expect.stringContaining('answers with /secretSauce, which its contract does not declare')]);
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('leak-marker');
    expect(log).toContain('answers with /secretSauce, which its contract does not declare');
  });

  it('is refused when a field is missing or of another type', async () => {
    const { answer, faults } = await fail('wrong');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(faults).toEqual([expect.stringContaining("answers with what its contract's schema refuses")]);
  });

  it('leaves nothing of a crash in the answer', async () => {
    const { answer, log } = await fail('crash');
    expect(answer).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(answer.text).not.toContain('crash-marker');
    expect(log).toContain('crash-marker');
    expect(log).not.toContain('ada@acme.example');
  });

  it('is an error that every route may answer with', async () => {
    const { answer, faults } = await fail('away');
    expect(answer).toMatchObject({ status: 503, body: { code: commonErrors.unavailable.spec.code } });
    expect(answer.headers['retry-after']).toBe('2');
    expect(faults).toEqual([]);
  });
});
