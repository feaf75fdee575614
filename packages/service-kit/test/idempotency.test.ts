import type { AddressInfo } from 'node:net';
import type { TokenSubject } from '@plinth/auth';
import { IdempotencyKeyConflict, type StoredResponse } from '@plinth/data-kit';
import { aContext, anId, aPrincipal } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { answerOnce } from '../src/http/idempotency.ts';
import type { Answer } from '../src/testing/index.ts';
import { useTestHost } from '../src/testing/index.ts';
import { fakeDatastore, thingsModule } from './things.ts';

const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore() }));

let made = 0;
const aBody = (overrides: object = {}) => {
  made += 1;
  return { name: `keyed ${made}`, grams: 1, ...overrides };
};
const someone = (): TokenSubject => aPrincipal();
const keyed = (key: string) => ({ 'idempotency-key': key });

const send = async (subject: TokenSubject, body: unknown, key: string): Promise<Answer> =>
  (await host.current.as(subject)).post('/v1/things', body, keyed(key));

/** What a replay repeats: all but the id of the request itself, and the word that it is one. */
const repeated = ({ status, text, headers }: Answer) => {
  const { 'x-request-id': _, 'idempotency-replayed': __, date: ___, ...rest } = headers;
  return { status, text, headers: rest };
};

describe('a call with an idempotency key', () => {
  it('is answered again with the same status, headers and body, and has one effect', async () => {
    const subject = someone();
    const body = aBody({ name: 'Bäckerei "Öl" \u{1F600} \u2028' });
    const first = await send(subject, body, 'k1');
    expect(first).toMatchObject({ status: 201, headers: { etag: '"1"', location: `/v1/things/${first.body.id}` } });
    expect(first.headers['idempotency-replayed']).toBeUndefined();
    const second = await send(subject, body, 'k1');
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(repeated(second)).toEqual(repeated(first));
  });

  it('has the same key bare and quoted', async () => {
    const subject = someone();
    const body = aBody();
    const first = await send(subject, body, 'k "1" \\');
    expect((await send(subject, body, '"k \\"1\\" \\\\"')).text).toBe(first.text);
  });

  it.each([
    ['empty', ''],
    ['empty in quotes', '""'],
    ['longer than 255 characters', 'x'.repeat(256)],
    ['longer than 255 characters in quotes', `"${'x'.repeat(256)}"`],
    ['an open quote', '"abc'],
    ['text after the quote', '"abc"def'],
    ['outside of ASCII', 'käy'],
    ['a tab', 'a\tb'],
    ['DEL', 'a\u007fb'],
  ])('boundary: is refused with a key that is %s, and nothing is written', async (_what, key) => {
    const subject = someone();
    const body = aBody();
    expect(await send(subject, body, key)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', errors: [{ location: 'header', pointer: '/idempotency-key' }] },
    });
    expect((await send(subject, body, 'good')).status).toBe(201);
  });

  it('boundary: is refused with two keys', async () => {
    const caller = await host.current.as(someone());
    const twice = { 'idempotency-key': ['a', 'b'] } as unknown as Record<string, string>;
    expect(await caller.post('/v1/things', aBody(), twice)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('is there twice') },
    });
  });

  it.each([
    ['one character', '!'],
    ['255 characters', 'x'.repeat(255)],
    ['255 characters in quotes', `"${'y'.repeat(255)}"`],
    ['spaces inside', 'a b'],
  ])('boundary: takes a key of %s', async (_what, key) => {
    const subject = someone();
    const body = aBody();
    const first = await send(subject, body, key);
    expect(first.status).toBe(201);
    expect((await send(subject, body, key)).text).toBe(first.text);
  });

  it('integrity: is refused with another body, and nothing is written', async () => {
    const subject = someone();
    await send(subject, aBody(), 'k');
    const other = aBody();
    expect(await send(subject, other, 'k')).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
    // The name is still free, so nothing of the refused call was stored.
    expect((await send(subject, other, 'another')).status).toBe(201);
  });

  it('is the same whatever the form of its JSON', async () => {
    const subject = someone();
    const body = aBody();
    const first = await send(subject, body, 'k');
    const reordered = { grams: body.grams, unknown: true, name: body.name };
    expect((await send(subject, reordered, 'k')).text).toBe(first.text);
  });

  it('keeps the keys of tenants, subjects and routes apart', async () => {
    const subject = someone();
    const body = aBody();
    const first = await send(subject, body, 'k');
    const colleague = { ...subject, id: anId() };
    // The colleague's call runs by itself: the name is taken in their tenant, and a stranger's is not.
    expect(await send(colleague, body, 'k')).toMatchObject({ status: 409, body: { code: 'name-taken' } });
    const stranger = await send(someone(), body, 'k');
    expect(stranger.status).toBe(201);
    expect(stranger.body.id).not.toBe(first.body.id);
    const caller = await host.current.as(subject);
    const gone = await caller.send({
      method: 'DELETE',
      url: `/v1/things/${first.body.id}`,
      headers: { 'if-match': '"1"', ...keyed('k') },
    });
    expect(gone).toMatchObject({ status: 204, text: '' });
  });

  it('of one item is another call than that of another item', async () => {
    const subject = someone();
    const caller = await host.current.as(subject);
    const [one, two] = [await send(subject, aBody(), 'a'), await send(subject, aBody(), 'b')];
    const remove = (id: string) =>
      caller.send({ method: 'DELETE', url: `/v1/things/${id}`, headers: { 'if-match': '"1"', ...keyed('k') } });
    const first = await remove(one.body.id);
    expect(first.status).toBe(204);
    const again = await remove(one.body.id);
    expect(repeated(again)).toEqual(repeated(first));
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await remove(two.body.id)).toMatchObject({ status: 422, body: { code: 'idempotency-mismatch' } });
    expect((await caller.get(`/v1/things/${two.body.id}`)).status).toBe(200);
  });

  it('that was never valid leaves its key unused', async () => {
    const subject = someone();
    expect((await send(subject, { name: '' }, 'k')).status).toBe(400);
    expect((await send(subject, 'no JSON', 'k')).status).toBe(415);
    expect((await send({ ...subject, roles: ['viewer'] }, aBody(), 'k')).status).toBe(403);
    expect((await send(subject, aBody(), 'k')).status).toBe(201);
  });

  it('that the action refused is refused again in the same words, also when it would now be possible', async () => {
    const subject = someone();
    const caller = await host.current.as(subject);
    const body = aBody();
    const holder = await send(subject, body, 'first');
    const refused = await send(subject, body, 'second');
    expect(refused).toMatchObject({ status: 409, body: { code: 'name-taken' } });
    await caller.send({ method: 'DELETE', url: `/v1/things/${holder.body.id}`, headers: { 'if-match': '"1"' } });
    const again = await send(subject, body, 'second');
    expect(repeated(again)).toEqual(repeated(refused));
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await send(subject, aBody(), 'second')).toMatchObject({ status: 422 });
  });

  it('that a stale version refused is refused again', async () => {
    const subject = someone();
    const caller = await host.current.as(subject);
    const { body } = await send(subject, aBody(), 'make');
    const remove = () =>
      caller.send({ method: 'DELETE', url: `/v1/things/${body.id}`, headers: { 'if-match': '"7"', ...keyed('k') } });
    const refused = await remove();
    expect(refused).toMatchObject({ status: 412, body: { code: 'stale-version' } });
    expect((await remove()).text).toBe(refused.text);
  });

  it('that failed on our side may be sent again', async () => {
    const caller = await host.current.as(someone());
    const fail = (way: string) =>
      caller.send({ method: 'POST', url: `/v1/failures/${way}`, headers: keyed(`key of ${way}`) });
    for (const way of ['crash', 'away']) {
      const answers = [await fail(way), await fail(way)];
      expect(answers.map(({ status }) => status)).toEqual(way === 'crash' ? [500, 500] : [503, 503]);
      expect(answers[1]?.headers['idempotency-replayed']).toBeUndefined();
    }
  });

  it('race: sent fifty times at once has one effect and one answer', async () => {
    const subject = someone();
    const body = aBody();
    const caller = await host.current.as(subject);
    const answers = await Promise.all(Array.from({ length: 50 }, () => caller.post('/v1/things', body, keyed('same'))));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
  });

  it('race: sent at once with other bodies has one effect, and the others are refused', async () => {
    const caller = await host.current.as(someone());
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => caller.post('/v1/things', aBody(), keyed('same'))),
    );
    expect(answers.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([
      201,
      ...Array(9).fill(422),
    ]);
  });
});

describe('over a connection', () => {
  it('a call with a body is answered again as it was', async () => {
    await host.current.server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = host.current.server.server.address() as AddressInfo;
    const headers = {
      authorization: `Bearer ${await host.current.tokenOf(someone())}`,
      'content-type': 'application/json',
      ...keyed('k'),
    };
    const body = JSON.stringify(aBody());
    const post = () => fetch(`http://127.0.0.1:${port}/v1/things`, { method: 'POST', body, headers });
    const [first, second] = [await post(), await post()];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await second.text()).toBe(await first.text());
  });
});

describe('when the journal cannot be asked', () => {
  const refused: StoredResponse = { status: 409, headers: {}, body: 'refused' };
  const answer = (error: Error, refusal: StoredResponse | undefined) =>
    answerOnce(
      {
        ctx: aContext(),
        operation: 'make',
        key: 'k',
        fingerprint: 'f',
        work: async () => refused,
        refusalOf: () => refusal,
      },
      {
        unitOfWork: { run: () => Promise.reject(error) },
        journal: { find: () => Promise.reject(new Error('away')) },
      },
    );

  it.each([
    ['a refusal, which may come from its own effect,', new Error('taken'), refused],
    ['a key that is taken', new IdempotencyKeyConflict(), undefined],
  ])('integrity: %s is not told as final', async (_what, error, refusal) => {
    await expect(answer(error, refusal)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('a failure of ours stays what it is', async () => {
    await expect(answer(new Error('crash'), undefined)).rejects.toThrow('crash');
  });
});

describe('a route that requires a key', () => {
  it('refuses a call without one and says what to send', async () => {
    const caller = await host.current.as(someone());
    expect(await caller.post('/v1/payments', aBody())).toMatchObject({
      status: 400,
      body: { code: 'invalid-request', detail: expect.stringContaining('is required here: send a new random key') },
    });
    expect((await caller.post('/v1/payments', aBody(), keyed('k'))).status).toBe(201);
  });
});

describe('a GET', () => {
  it('knows no keys', async () => {
    const caller = await host.current.as(someone());
    const { body } = await caller.post('/v1/things', aBody());
    expect((await caller.get(`/v1/things/${body.id}`, keyed(''))).status).toBe(200);
  });
});
