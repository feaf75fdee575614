import { sessionsContract } from '@plinth/service-contracts/identity';
import { race } from '@plinth/service-kit/testing';
import { createId, createPrincipal } from '@plinth/testing';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { password, useIdentity } from './identity.ts';

const identity = useIdentity(sessionsContract);
const { signIn, refresh, createIdentity, as, post, stored, listEvents, service } = identity;

const noType = { 'content-type': 'text/plain' };

const seenSecrets = new Set<string>();

const openSession = async (email?: string) => {
  const address = email ?? (await createIdentity());
  const { body } = await signIn(address);
  seenSecrets.add(body.accessToken.split('.')[2]).add(body.refreshToken.split('.')[2]);
  return { email: address, ...body };
};

const list = (accessToken: string, query = '') => as(accessToken, 'GET', `/v1/sessions${query}`);
const isRefused = (accessToken: string) =>
  expect.poll(async () => (await list(accessToken)).status, { interval: 20 }).toBe(401);

describe('signIn', () => {
  it('201: starts a session of the identity, whatever the case of the address', async () => {
    const email = await createIdentity();
    const { status, body, headers } = await signIn(email.toUpperCase());
    expect(status).toBe(201);
    expect(headers['cache-control']).toBe('no-store');
    const claims = decodeJwt(body.accessToken);
    expect(claims).toMatchObject({ sessionId: body.id, roles: [], tenantId: '00000000-0000-7000-8000-000000000000' });
    expect(claims.exp! - claims.iat!).toBe(900);
    const session = (await stored('sessions')).find((each) => each['_id'] === body.id);
    expect(session).toMatchObject({ identityId: claims['identityId'], status: 'active', generation: 0 });
    expect(JSON.stringify(session)).not.toContain(body.refreshToken.split('.')[2]);
    expect((await list(body.accessToken)).body.items).toMatchObject([{ id: body.id }]);
  });

  it('422: refuses an unknown address and a wrong password alike', async () => {
    const email = await createIdentity();
    const [wrong, unknown] = [await signIn(email, 'another password'), await signIn(`x${email}`)];
    expect(wrong).toMatchObject({ status: 422, body: { code: 'invalid-credentials' } });
    const toComparable = ({ status, body, headers }: typeof wrong) => {
      const { code, title, detail, fix } = body;
      return { status, code, title, detail, fix, fields: Object.keys(body), names: Object.keys(headers) };
    };
    expect(toComparable(unknown)).toEqual(toComparable(wrong));
  });

  it('accepts the password in another normal form of Unicode', async () => {
    const email = `${createId()}@acme.example`;
    await identity.signUp(email);
    await identity.verify(await identity.findLinkToken(email), 'caf\u00e9 au lait');
    expect((await signIn(email, 'cafe\u0301 au lait')).status).toBe(201);
  });

  it('replaces a hash that is weaker than new ones', async () => {
    const email = await createIdentity({ isWeak: true });
    const findHash = async () => (await stored('identities')).find((each) => each['email'] === email)?.['passwordHash'];
    expect(await findHash()).toContain('m=32,');
    expect((await signIn(email, 'another password')).status).toBe(422);
    expect(await findHash()).toContain('m=32,');
    expect((await signIn(email)).status).toBe(201);
    expect(await findHash()).toContain('m=64,');
  });

  it('409: refuses a sign-in whose hash another one has replaced meanwhile', async () => {
    const email = await createIdentity({ isWeak: true });
    const response = await service.interleave({ beforeCommit: () => signIn(email) }, () => signIn(email));
    expect(response).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('boundary: the 51st session ends the oldest one', async () => {
    const first = await openSession();
    for (let count = 0; count < 50; count += 1) await signIn(first.email);
    await isRefused(first.accessToken);
    expect(await refresh(first.refreshToken)).toMatchObject({ status: 422, body: { code: 'refresh-token-invalid' } });
    const { accessToken } = (await signIn(first.email)).body;
    expect((await list(accessToken, '?limit=100')).body.items).toHaveLength(50);
  });

  it('400 and 415: refuses anything but texts', async () => {
    for (const body of [{ email: { $ne: '' }, password }, { email: 'ada@acme.example' }, { password }, {}]) {
      expect((await post('/v1/sessions', body)).status).toBe(400);
    }
    expect((await post('/v1/sessions', '{}', noType)).status).toBe(415);
  });
});

describe('refreshSession', () => {
  it('200: replaces the token, again and again', async () => {
    let { id, refreshToken } = await openSession();
    const seen = new Set([refreshToken]);
    for (let generation = 1; generation <= 3; generation += 1) {
      const { status, body } = await refresh(refreshToken);
      expect(status).toBe(200);
      expect(body.id).toBe(id);
      expect((await list(body.accessToken)).status).toBe(200);
      refreshToken = body.refreshToken;
      seen.add(refreshToken);
    }
    expect(seen.size).toBe(4);
  });

  it('race: a hundred requests with one token get one successor, and the session goes on', async () => {
    const { refreshToken } = await openSession();
    const responses = await race(100, () => refresh(refreshToken));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    const successors = new Set(responses.map(({ body }) => body.refreshToken));
    expect(successors.size).toBe(1);
    expect((await refresh([...successors][0])).status).toBe(200);
  });

  it('409: a token that was replaced twice meanwhile', async () => {
    const { refreshToken } = await openSession();
    const others = async () => refresh((await refresh(refreshToken)).body.refreshToken);
    const response = await service.interleave({ beforeCommit: others }, () => refresh(refreshToken));
    expect(response).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('422: a token two generations old ends the session, is in the journal, and its tokens are refused', async () => {
    const { id, refreshToken: first } = await openSession();
    const second = (await refresh(first)).body;
    const third = (await refresh(second.refreshToken)).body;
    expect(await refresh(first)).toMatchObject({ status: 422, body: { code: 'refresh-token-reused' } });
    expect(await listEvents('identity.refresh-token-reused')).toContainEqual(
      expect.objectContaining({ aggregateId: id }),
    );
    await isRefused(third.accessToken);
    for (const token of [first, second.refreshToken, third.refreshToken]) {
      expect(await refresh(token)).toMatchObject({ status: 422, body: { code: 'refresh-token-invalid' } });
    }
  });

  it('race: reuse and refresh at the same time end the session', async () => {
    const { id, refreshToken: first } = await openSession();
    const second = (await refresh(first)).body.refreshToken;
    const third = (await refresh(second)).body.refreshToken;
    await Promise.all([refresh(third), refresh(first), refresh(third), refresh(first)]);
    expect((await stored('sessions')).find((each) => each['_id'] === id)).toMatchObject({ status: 'ended' });
  });

  it('422: a forged token is refused and ends nothing', async () => {
    const { id, refreshToken } = await openSession();
    const other = await openSession();
    const [, , secret] = refreshToken.split('.');
    const forged = [
      `${id}.0.${'A'.repeat(43)}`,
      `${id}.1.${secret}`,
      `${id}.999999.${secret}`,
      `${other.id}.0.${secret}`,
      `${createId()}.0.${secret}`,
    ];
    for (const token of forged) {
      expect(await refresh(token)).toMatchObject({ status: 422, body: { code: 'refresh-token-invalid' } });
    }
    expect((await refresh(refreshToken)).status).toBe(200);
    expect((await refresh(other.refreshToken)).status).toBe(200);
  });

  it('400 and 415: refuses what is no token', async () => {
    for (const token of ['', 'x', `${createId()}.-1.${'A'.repeat(43)}`, { $ne: '' }]) {
      expect((await refresh(token as string)).status).toBe(400);
    }
    expect((await post('/v1/session-refreshes', '{}', noType)).status).toBe(415);
  });
});

describe('the sessions of an identity', () => {
  it('200: are listed by pages, and no others', async () => {
    const { email, id } = await openSession();
    const second = await openSession(email);
    await openSession();
    const { body } = await list(second.accessToken);
    expect(body.items.map((each: { id: string }) => each.id)).toEqual([second.id, id]);
    expect(Object.keys(body.items[0])).toEqual(['id', 'version', 'createdAt', 'updatedAt', 'lastUsedAt', 'endsAt']);
    const page = await list(second.accessToken, '?limit=1');
    const next = await list(second.accessToken, `?limit=1&cursor=${page.body.nextCursor}`);
    expect(next.body.items).toMatchObject([{ id }]);
    expect(await list(second.accessToken, '?cursor=x')).toMatchObject({
      status: 400,
      body: { code: 'invalid-cursor' },
    });
    expect((await list(second.accessToken, '?unknown=x')).status).toBe(400);
  });

  it('204: one of them is ended, and its tokens are refused within a second', async () => {
    const { email, id, accessToken, refreshToken } = await openSession();
    const second = await openSession(email);
    const url = `/v1/sessions/${id}`;
    expect((await as(second.accessToken, 'DELETE', url)).status).toBe(428);
    expect((await as(second.accessToken, 'DELETE', url, { 'if-match': '"7"' })).status).toBe(412);
    expect((await as(second.accessToken, 'DELETE', '/v1/sessions/x', { 'if-match': '"1"' })).status).toBe(400);
    const key = createId();
    const headers = { 'if-match': '"1"', 'idempotency-key': key };
    expect((await as(second.accessToken, 'DELETE', url, headers)).status).toBe(204);
    await isRefused(accessToken);
    expect((await refresh(refreshToken)).status).toBe(422);
    expect((await list(second.accessToken)).status).toBe(200);
    expect(await as(second.accessToken, 'DELETE', `/v1/sessions/${second.id}`, headers)).toMatchObject({
      body: { code: 'idempotency-mismatch' },
    });
    expect((await as(second.accessToken, 'DELETE', url, { 'if-match': '"1", "2"' })).status).toBe(404);
  });

  it('404: a session of another identity, which stays as it is', async () => {
    const [mine, other] = [await openSession(), await openSession()];
    for (const id of [other.id, createId()]) {
      expect(await as(mine.accessToken, 'DELETE', `/v1/sessions/${id}`, { 'if-match': '"1"' })).toMatchObject({
        status: 404,
        body: { code: 'not-found' },
      });
    }
    expect((await list(other.accessToken)).status).toBe(200);
  });

  it('204: signs out here, or everywhere', async () => {
    const { email, ...first } = await openSession();
    const [second, third, stranger] = [await openSession(email), await openSession(email), await openSession()];
    expect((await as(first.accessToken, 'POST', '/v1/sign-outs', { body: { scope: 'session' } })).status).toBe(204);
    await isRefused(first.accessToken);
    expect((await list(second.accessToken)).body.items).toHaveLength(2);
    expect((await as(second.accessToken, 'POST', '/v1/sign-outs', { body: { scope: 'identity' } })).status).toBe(204);
    for (const { accessToken } of [second, third]) await isRefused(accessToken);
    expect((await list(stranger.accessToken)).status).toBe(200);
  });

  it('400, 409, 415: refuses a sign-out that is not valid, and changes nothing', async () => {
    const { accessToken } = await openSession();
    const { accessToken: other } = await openSession();
    const send = (options: Record<string, unknown>) => as(accessToken, 'POST', '/v1/sign-outs', options);
    expect((await send({ body: { scope: 'all' } })).status).toBe(400);
    expect((await send({ body: '{}', ...noType })).status).toBe(415);
    expect((await list(accessToken)).status).toBe(200);
    const guest = await service.host.signToken({ ...createPrincipal(), identityId: createId() });
    const key = { 'idempotency-key': createId() };
    const signOut = (scope: string) => as(guest, 'POST', '/v1/sign-outs', { body: { scope }, ...key });
    expect((await signOut('session')).status).toBe(204);
    expect(await signOut('identity')).toMatchObject({ body: { code: 'idempotency-mismatch' } });
    expect((await list(other)).status).toBe(200);
  });

  it('401 and 403: need a token of an identity', async () => {
    const user = await service.userWithRole('owner');
    const requests = [
      { method: 'GET', url: '/v1/sessions' },
      { method: 'DELETE', url: `/v1/sessions/${createId()}`, headers: { 'if-match': '"1"' } },
      { method: 'POST', url: '/v1/sign-outs', body: { scope: 'identity' } },
    ];
    for (const request of requests) {
      expect((await service.host.anonymous.send(request)).status).toBe(401);
      expect((await user.send(request)).status).toBe(403);
    }
  });
});

it('integrity: no secret and no address of these requests is in the log', () => {
  const log = service.host.lines.lines.join('\n');
  expect(log.length).toBeGreaterThan(1000);
  expect(seenSecrets.size).toBeGreaterThan(20);
  expect([...seenSecrets, password, 'acme.example', '$argon2id'].filter((text) => log.includes(text))).toEqual([]);
});
