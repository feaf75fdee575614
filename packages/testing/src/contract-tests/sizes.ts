import { describe, expect, it } from 'vitest';
import { type Contact, createThing } from './collections.ts';
import { createTenant, type Fixture } from './fixture.ts';

const mebi = 2 ** 20;
const text = (mebibytes: number): string => 'x'.repeat(mebibytes * mebi);
const tooLarge = { status: 413, code: 'change-too-large' };

/** A write set that does not fit a document, a command or a transaction is refused, and nothing of it is stored. */
export const sizeCases = (use: () => Fixture): void => {
  describe('boundary: a write set', () => {
    it('with a document of nine MiB is stored', async () => {
      const { contacts, write } = createTenant(use());
      const contact = await write(() =>
        contacts.insert({ name: 'Ada', access: { pin: text(9), floor: 1 }, visits: 1 }),
      );
      expect((await contacts.get(contact._id)).access?.pin.length).toBe(9 * mebi);
    });

    it.each([16, 17, 50])('with a document of %i MiB is refused, and nothing of it is stored', async (mebibytes) => {
      const { contacts, things, write } = createTenant(use());
      const failing = write(() => {
        things.insert(createThing({ sku: 'never' }));
        contacts.insert({ name: 'Ada', access: { pin: text(mebibytes), floor: 1 }, visits: 1 });
      });
      await expect(failing).rejects.toMatchObject(tooLarge);
      expect(await things.find({ sku: 'never' })).toBeUndefined();
    });

    it('with documents that are too large together is refused', async () => {
      const { contacts, write } = createTenant(use());
      const draft = { name: 'Ada', access: { pin: text(1), floor: 1 }, visits: 1 };
      const failing = write(() => Array.from({ length: 20 }, () => contacts.insert(draft)));
      await expect(failing).rejects.toMatchObject(tooLarge);
      expect(await contacts.find({ name: 'Ada' })).toBeUndefined();
    });

    it('with a change or a stored response that is too large is refused', async () => {
      const fixture = use();
      const { contacts, write, run, ctx } = createTenant(fixture);
      const contact = await write(() => contacts.insert({ name: 'Ada', visits: 1 }));
      const changing = write(() => contacts.update(contact, { $set: { remark: text(17) } }));
      await expect(changing).rejects.toMatchObject(tooLarge);
      const responding = run(ctx, async () => undefined, {
        operation: 'suite',
        idempotency: {
          key: 'large',
          fingerprint: 'f',
          toResponse: () => ({ status: 200, headers: {}, body: text(17) }),
        },
      });
      await expect(responding).rejects.toMatchObject(tooLarge);
      expect(await fixture.journal.find(ctx, 'large')).toBeUndefined();
      expect(await contacts.get(contact._id)).toEqual(contact);
    });

    it('by which a document grows too large is refused', async () => {
      const { contacts, write } = createTenant(use());
      const contact: Contact = await write(() =>
        contacts.insert({ name: 'Ada', access: { pin: text(9), floor: 1 }, visits: 1 }),
      );
      const growing = write(() => contacts.update(contact, { $set: { remark: text(9) } }));
      await expect(growing).rejects.toMatchObject(tooLarge);
      expect(await contacts.get(contact._id)).toEqual(contact);
    });

    it('race: that is too large fails alone', async () => {
      const { contacts, race } = createTenant(use());
      const { results, errorCodes } = await race(12, (tenant, index) =>
        index === 5
          ? tenant.contacts.insert({ name: 'Bob', access: { pin: text(17), floor: 1 }, visits: 1 })
          : tenant.contacts.insert({ name: 'Bob', visits: 1 }),
      );
      expect([results.length, errorCodes]).toEqual([11, ['change-too-large']]);
      expect((await contacts.list({ where: {}, sort: 'name', limit: 100 })).items).toHaveLength(11);
    });
  });
};
