import type { StoredModule } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { after, before } from './migrations-cards.ts';
import { useFixture, withOldCards } from './migrations-fixture.ts';

const fixture = useFixture();

/** Returns the message of the refusal, or undefined. */
const compare = async <K>(module: StoredModule<K>): Promise<string | undefined> => {
  const stored = await fixture.everything();
  const refusal = await fixture
    .process(module)
    .assertPrepared()
    .then(
      () => undefined,
      (error: Error) => error,
    );
  expect(await fixture.everything(), 'nothing was changed').toBe(stored);
  if (refusal) expect(refusal.name).toBe('StartupError');
  return refusal?.message;
};

describe('a start that only compares', () => {
  it('refuses an empty database, and creates nothing', async () => {
    const message = await compare(after);
    expect(message).toMatch(/^The database '\w+_deck' is behind this code, and MIGRATE_ON_START is false\. /);
    for (const name of ['cards', 'tallies', 'journal', 'idempotencyKeys']) {
      expect(message).toContain(`The collection '${fixture.prefix}deck.${name}' does not exist.`);
    }
    expect(message).toMatch(/ Run npm run db -- migrate, then start again\.$/);
  });

  it('refuses a database that lacks migrations, names each, and accepts it once they have run', async () => {
    await withOldCards(fixture, 3);
    expect(await compare(before)).toBeUndefined();
    const message = await compare(after);
    for (const name of ['0001-state', '0002-fill-state', '0003-tally']) {
      expect(message).toContain(`The migration '${name}' is pending.`);
    }
    expect(message, 'a start does not wait for the contract phase').not.toContain('0004');
    await fixture.process(after).migrate({ contract: false });
    expect(await compare(after)).toBeUndefined();
    await fixture.process(after).migrate({ contract: true });
    expect(await compare(after)).toBeUndefined();
  });

  it('refuses a lost index and a changed validator, and accepts an index that an operator has created', async () => {
    await fixture.process(after).prepare();
    await fixture.cards().createIndex({ title: 1 }, { name: 'byHand' });
    expect(await compare(after)).toBeUndefined();
    await fixture.cards().dropIndex('byState');
    await fixture.db().command({ collMod: 'cards', validator: {} });
    const message = await compare(after);
    expect(message).toContain(`The index '${fixture.prefix}deck.cards.byState' is defined and not stored.`);
    expect(message).toContain(`The validator of '${fixture.prefix}deck.cards' differs from its definition.`);
  });

  it('accepts and logs a database that newer code has migrated', async () => {
    await withOldCards(fixture, 1);
    await fixture.process(after).prepare();
    const old = fixture.process(before);
    await old.assertPrepared();
    expect(old.events()).toEqual(['database-newer']);
  });
});
