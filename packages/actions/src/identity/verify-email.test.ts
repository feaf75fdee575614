import { expect, it } from 'vitest';
import { createWorld } from './test/world.ts';

const day = 24 * 60 * 60 * 1000;

it.each([
  ['the last millisecond of a day', day, undefined],
  ['later', day + 1, 'link-invalid'],
])('boundary: a link in %s', async (_, ms, code) => {
  const { signUp, verify, findToken, db } = createWorld();
  await signUp('ada@acme.example');
  db.clock.advance(ms);
  const result = await verify(findToken()).catch((error: unknown) => error);
  expect((result as { code?: string } | undefined)?.code).toBe(code);
  expect(db.identities.all()).toHaveLength(code ? 0 : 1);
  expect(db.links.all()).toHaveLength(code ? 1 : 0);
});

it('integrity: a common password uses up no link and creates nothing', async () => {
  const { signUp, verify, findToken, db } = createWorld();
  await signUp('ada@acme.example');
  await expect(verify(findToken(), 'password')).rejects.toMatchObject({ code: 'common-password' });
  expect([db.identities.all().length, db.links.all().length]).toEqual([0, 1]);
});
