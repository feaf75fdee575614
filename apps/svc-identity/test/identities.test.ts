import { identitiesContract } from '@plinth/service-contracts/identity';
import { oneWinner, race, sortStatuses } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { describe, expect, it } from 'vitest';
import { password, useIdentity } from './identity.ts';

const identity = useIdentity(identitiesContract);
const { signUp, verify, findLinkToken, createIdentity, signIn, post, stored, listEvents } = identity;

const createAddress = () => `${createId()}@acme.example`;

describe('signUp', () => {
  it('204: stores a link and emits its id, and nothing that tells the address', async () => {
    const email = createAddress();
    expect((await signUp(email)).status).toBe(204);
    const link = (await stored('links')).find((each) => each['email'] === email);
    expect(await listEvents('identity.sign-up-requested')).toContainEqual(
      expect.objectContaining({ aggregateId: link?.['_id'], payload: { linkId: link?.['_id'] } }),
    );
  });

  it('204: does the same for an address that has an account, in any case', async () => {
    const email = await createIdentity();
    const [known, unknown] = [await signUp(email.toUpperCase()), await signUp(createAddress())];
    const toComparable = ({ status, text, headers }: typeof known) => ({ status, text, names: Object.keys(headers) });
    expect(toComparable(known)).toEqual(toComparable(unknown));
  });

  it('400 and 415: refuses anything but an address', async () => {
    const before = (await stored('links')).length;
    for (const email of ['ada', 'a@b.example\r\nBcc: c@d.example', { $ne: '' }, '']) {
      expect(await post('/v1/sign-ups', { email })).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    }
    expect((await post('/v1/sign-ups', '{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await stored('links')).length).toBe(before);
  });
});

describe('verifyEmail', () => {
  it('204: creates an identity, whose password opens a session', async () => {
    const email = await createIdentity();
    expect((await signIn(email)).status).toBe(201);
    const document = (await stored('identities')).find((each) => each['email'] === email);
    expect(String(document?.['passwordHash'])).toMatch(/^\$argon2id\$/);
    expect(await listEvents('identity.identity-created')).toContainEqual(
      expect.objectContaining({ aggregateId: document?.['_id'] }),
    );
  });

  it('422: refuses a link that was used, that was not sent, or of another secret', async () => {
    const email = createAddress();
    await signUp(email);
    const token = await findLinkToken(email);
    expect((await verify(token)).status).toBe(204);
    const [id] = token.split('.');
    for (const wrong of [token, `${id}.${'A'.repeat(43)}`, `${createId()}.${token.split('.')[1]}`]) {
      expect(await verify(wrong)).toMatchObject({ status: 422, body: { code: 'link-invalid' } });
    }
  });

  it('409: refuses a second link when the first one was used', async () => {
    const email = createAddress();
    await signUp(email);
    const first = await findLinkToken(email);
    await signUp(email);
    const second = await findLinkToken(email);
    expect((await verify(first)).status).toBe(204);
    expect(await verify(second)).toMatchObject({ status: 409, body: { code: 'identity-exists' } });
    expect((await stored('identities')).filter((each) => each['email'] === email)).toHaveLength(1);
  });

  it.each(['password', 'PASSWORD', '12345678', 'ｐａｓｓｗｏｒｄ'])(
    '422: refuses the common password %s',
    async (common) => {
      const email = createAddress();
      await signUp(email);
      expect(await verify(await findLinkToken(email), common)).toMatchObject({
        status: 422,
        body: { code: 'common-password' },
      });
      // The link still works.
      expect((await verify(await findLinkToken(email))).status).toBe(204);
    },
  );

  it.each([
    ['8 characters of two units each', '😀'.repeat(8), 204],
    ['7 characters', 'qzvkwpx', 400],
    ['128 characters of two units each', '😀'.repeat(128), 204],
    ['129 characters', 'a'.repeat(129), 400],
    ['a lone surrogate', `${password}\ud800`, 400],
    ['spaces alone', ' '.repeat(9), 204],
    ['a zero byte', `${password}\0`, 204],
  ])('boundary: %s', async (_, chosen, status) => {
    const email = createAddress();
    await signUp(email);
    expect((await verify(await findLinkToken(email), chosen)).status).toBe(status);
    if (status === 204) expect((await signIn(email, chosen)).status).toBe(201);
  });

  it('400 and 415: refuses what is no token', async () => {
    for (const token of ['', 'x', { $ne: '' }]) {
      expect(await post('/v1/email-verifications', { token, password })).toMatchObject({ status: 400 });
    }
    expect((await post('/v1/email-verifications', '{}', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('race: one of ten uses of a link creates an identity', async () => {
    const email = createAddress();
    await signUp(email);
    const token = await findLinkToken(email);
    expect(sortStatuses(await race(10, () => verify(token)))).toEqual(oneWinner(204, 422, 10));
    expect((await stored('identities')).filter((each) => each['email'] === email)).toHaveLength(1);
  });

  it('race: one of several links of an address creates an identity', async () => {
    const email = createAddress();
    const tokens: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      await signUp(email);
      tokens.push(await findLinkToken(email));
    }
    expect(new Set(tokens).size).toBe(5);
    const responses = await race(5, (index) => verify(tokens[index]!));
    expect(sortStatuses(responses)).toEqual(oneWinner(204, 409, 5));
  });
});
