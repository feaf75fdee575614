import { CompactSign } from 'jose';
import { expect, it } from 'vitest';
import { createSigner, createStatementReader, generateSigningKey, toPublicJwk } from '../index.ts';

const [key, other] = [await generateSigningKey(), await generateSigningKey()];
const statement = { sequence: 1, hash: 'a' };
const read = createStatementReader([toPublicJwk(key), toPublicJwk(await generateSigningKey())]);

it('returns a statement that one of the keys has signed', async () => {
  expect(await read(await createSigner(key).sign(statement))).toEqual(statement);
});

it('returns nothing for another key, another text, and another key that has the same name', async () => {
  const signature = await createSigner(key).sign(statement);
  const [header, , proof] = signature.split('.');
  const payload = Buffer.from(JSON.stringify({ ...statement, sequence: 2 })).toString('base64url');
  expect(await read(`${header}.${payload}.${proof}`)).toBeUndefined();
  expect(await read(await createSigner(other).sign(statement))).toBeUndefined();
  expect(await read(await createSigner({ ...other, kid: key.kid }).sign(statement))).toBeUndefined();
  for (const text of ['', 'x', 'a.b.c']) expect(await read(text)).toBeUndefined();
});

it('returns nothing for a signature of the same key that is not a statement, such as a token', async () => {
  const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(statement)))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid })
    .sign(key);
  expect(await read(token)).toBeUndefined();
});
