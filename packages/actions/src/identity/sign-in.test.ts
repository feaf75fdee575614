import { expect, it } from 'vitest';
import { createWorld } from './test/world.ts';

it('replaces a hash that is weaker than new ones, and no other', async () => {
  const { openSession, signIn, db, run, ctx } = createWorld();
  await openSession();
  const [before] = db.identities.all();
  await signIn('ada@acme.example');
  expect(db.identities.all()).toEqual([before]);
  const weaken = async () =>
    void db.identities.for(weakening).update(before!, { $set: { passwordHash: 'weak:three uncommon words' } });
  const weakening = ctx();
  await db.store.unitOfWork.run(weakening, weaken, { operation: 'weaken' });
  await signIn('ada@acme.example');
  expect(db.identities.all()).toMatchObject([{ passwordHash: 'strong:three uncommon words' }]);
  expect(run).toBeTypeOf('function');
});

it('integrity: a wrong password starts no session and emits nothing', async () => {
  const { openSession, signIn, db } = createWorld();
  await openSession();
  const before = [db.sessions.all(), db.emitted().length];
  await expect(signIn('ada@acme.example', 'wrong')).rejects.toMatchObject({ code: 'invalid-credentials' });
  await expect(signIn('grace@acme.example')).rejects.toMatchObject({ code: 'invalid-credentials' });
  expect([db.sessions.all(), db.emitted().length]).toEqual(before);
});
