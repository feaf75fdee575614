import { withRule } from '@plinth/contract-kit';
import { type Draft, toPatchChange } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createThing, type Slot, slotRule, type Thing } from './collections.ts';
import { createTenant, type Fixture, suiteErrors } from './fixture.ts';

const validatorCases = (use: () => Fixture): void => {
  describe('integrity: the validator', () => {
    const illegal: Readonly<Record<string, object>> = {
      'a number below its minimum': { stock: -1 },
      'a fraction where a whole number belongs': { stock: 1.5 },
      'a text where a number belongs': { rank: '1' },
      'a text where a date belongs': { due: '2026-01-01T00:00:00.000Z' },
      'a value outside an enum': { group: 'gamma' },
      'a text that is too long': { sku: 'x'.repeat(201) },
      'a list that is too long': { tags: ['1', '2', '3', '4', '5', '6'] },
      'an item of a list of the wrong type': { tags: [1] },
      'null for an optional field': { note: null },
      'an unknown field': { colour: 'red' },
      'an unknown field inside a field': { size: { width: 1, colour: 'red' } },
      'a field missing inside a field': { size: {} },
    };

    it.each(Object.entries(illegal))('rejects an insert of %s', async (_, fields) => {
      const { things, write } = createTenant(use());
      const failing = write(() => {
        things.insert(createThing({ sku: 'beside' }));
        things.insert({ ...createThing(), ...fields } as never);
      });
      await expect(failing).rejects.toMatchObject({ name: 'ValidatorViolation' });
      expect(await things.find({ sku: 'beside' })).toBeUndefined();
    });

    it('rejects a document without a required field', async () => {
      const { things, write } = createTenant(use());
      const { name: _, ...rest } = createThing();
      const failing = write(() => things.insert(rest as never));
      await expect(failing).rejects.toMatchObject({ name: 'ValidatorViolation' });
    });

    it('rejects a change with an invalid result', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ stock: 1, tags: ['1', '2', '3', '4', '5'] }])) as [Thing];
      const violation = { name: 'ValidatorViolation' };
      const changes = [{ $inc: { stock: -2 } }, { $push: { tags: '6' } }, { $set: { group: 'gamma' as never } }];
      for (const change of changes) {
        await expect(write(() => things.update(thing, change))).rejects.toMatchObject(violation);
      }
      const { _id } = thing;
      const taking = write(() => things.updateWhere({ _id }, { $inc: { stock: -2 } }, suiteErrors.soldOut()));
      await expect(taking).rejects.toMatchObject(violation);
      expect(await things.get(_id)).toEqual(thing);
    });
  });
};

const slotTimes = withRule(z.object({ hour: z.int().optional(), until: z.int().optional() }), slotRule);

const ruleCases = (use: () => Fixture): void => {
  describe('a rule over several fields', () => {
    const broken = "slots: the document breaks the rule 'ends-before-start': 'until' must be after hour.";

    it('integrity: refuses an insert and an update that break it, and undoes the other writes of the unit', async () => {
      const { slots, write } = createTenant(use());
      const slot = await write(() => slots.insert({ room: 'a', hour: 1, until: 2, rank: 1 }));
      const inserting = write(() => {
        slots.insert({ room: 'b', rank: 7 });
        slots.insert({ room: 'c', hour: 2, until: 2, rank: 1 });
      });
      await expect(inserting).rejects.toThrow(broken);
      await expect(write(() => slots.update(slot, { $inc: { hour: 1 } }))).rejects.toThrow(broken);
      await expect(write(() => slots.update(slot, { $set: { until: 1 } }))).rejects.toThrow(broken);
      expect(await slots.find({ rank: 7 })).toBeUndefined();
      expect(await slots.get(slot._id)).toEqual(slot);
    });

    it('boundary: holds for the smallest difference and for absent fields', async () => {
      const { slots, write } = createTenant(use());
      const slot = await write(() => slots.insert({ room: 'a', rank: 1 }));
      const next = await write(() => slots.update(slot, { $set: { hour: 5, until: 6 } }));
      expect(await slots.get(slot._id)).toEqual(next);
    });

    it('race: of two patches that each keep it, and together break it, one is committed', async () => {
      const { slots, write, race } = createTenant(use());
      const { _id } = await write(() => slots.insert({ room: 'a', hour: 1, until: 9, rank: 1 }));
      const { results, errorCodes } = await race(2, async (tenant, index) => {
        const slot = await tenant.slots.get(_id);
        tenant.slots.update(slot, toPatchChange(slotTimes, slot, index ? { hour: 6 } : { until: 4 }) ?? {});
      });
      expect([results.length, errorCodes]).toEqual([1, ['stale-version']]);
      const { hour = 0, until = 0 } = await slots.get(_id);
      expect(until).toBeGreaterThan(hour);
    });
  });
};

const uniqueCases = (use: () => Fixture): void => {
  describe('integrity: unique indexes', () => {
    it('a write of a taken value fails with the code of its index', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing, other] = (await insertEach([{ sku: 'one' }, { sku: 'two' }])) as [Thing, Thing];
      const violation = { name: 'UniqueViolation', code: 'sku-taken' };
      await expect(write(() => things.insert(createThing({ sku: 'one' })))).rejects.toMatchObject(violation);
      const renaming = write(() => things.update(other, { $set: { sku: 'one' } }));
      await expect(renaming).rejects.toMatchObject(violation);
      expect(await things.get(thing._id)).toEqual(thing);
      expect(await things.get(other._id)).toEqual(other);
    });

    it('one unit of work cannot store a value twice', async () => {
      const { things, write } = createTenant(use());
      const failing = write(() => {
        things.insert(createThing({ sku: 'twin' }));
        things.insert(createThing({ sku: 'twin' }));
      });
      await expect(failing).rejects.toMatchObject({ code: 'sku-taken' });
      expect(await things.find({ sku: 'twin' })).toBeUndefined();
    });

    it('an update of a document may repeat its own value', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ sku: 'kept' }])) as [Thing];
      await write(() => things.update(thing, { $set: { sku: 'kept', name: 'new' } }));
      expect(await things.find({ sku: 'kept' })).toMatchObject({ name: 'new' });
    });

    it('an exchange of values within one unit of work fails, because each write is checked separately', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [one, two] = (await insertEach([{ sku: 'left' }, { sku: 'right' }])) as [Thing, Thing];
      const failing = write(() => {
        things.update(one, { $set: { sku: 'right' } });
        things.update(two, { $set: { sku: 'left' } });
      });
      await expect(failing).rejects.toMatchObject({ code: 'sku-taken' });
    });

    it('values that differ in one of several fields, in case or in form are different', async () => {
      const { insertEach, slots, things, write } = createTenant(use());
      const insert = (slot: Pick<Slot, 'room' | 'hour'>) => write(() => slots.insert({ ...slot, rank: 1 }));
      await insert({ room: 'a', hour: 1 });
      await insert({ room: 'a', hour: 2 });
      await insert({ room: 'b', hour: 1 });
      await expect(insert({ room: 'a', hour: 2 })).rejects.toMatchObject({ code: 'slot-taken' });
      // The same letter, composed and decomposed: values have no collation.
      await insertEach([{ sku: 'caf\u00e9' }, { sku: 'cafe\u0301' }, { sku: 'Caf\u00e9' }]);
      expect(await things.find({ sku: 'cafe\u0301' })).toMatchObject({ sku: 'cafe\u0301' });
    });

    it('boundary: two documents without the same field have equal values of it', async () => {
      const { slots, write } = createTenant(use());
      const insert = () => write(() => slots.insert({ room: 'open', rank: 1 }));
      await insert();
      await expect(insert()).rejects.toMatchObject({ code: 'slot-taken' });
    });
  });
};

const roundTrips: Readonly<Record<string, Partial<Draft<Thing>>>> = {
  'the empty text': { name: '', note: '' },
  'NUL and other control characters': { name: 'a\0b\u0001\u001f\u007f', sku: '\0' },
  'astral characters and emoji': { name: '\u{1F469}\u200D\u{1F680}\u{10FFFF}', note: '\u{20000}' },
  'text from right to left and combining marks': { name: '\u202Eابج e\u0301 \u0000', note: '\uFEFF' },
  'operators and paths as text': { name: '$where', note: 'a.b', sku: '__proto__' },
  'the longest text of wide characters': { name: '漢'.repeat(200) },
  'numbers around 2^31': { stock: 2 ** 31, count: -(2 ** 31) - 1, rank: 2 ** 31 - 1 },
  'the largest whole numbers': { stock: Number.MAX_SAFE_INTEGER, count: Number.MIN_SAFE_INTEGER },
  'fractions, the smallest and the largest double': {
    rank: 0.1 + 0.2,
    size: { width: 5e-324, depth: 1.7976931348623157e308 },
  },
  'times to the millisecond': { due: new Date('2026-02-28T23:59:59.999Z') },
  'times before 1970 and far ahead': { due: new Date('1601-01-01T00:00:00.001Z') },
  'the last day of a far year': { due: new Date('9999-12-31T23:59:59.999Z') },
  'empty and full lists': { tags: ['', '', '\0', 'd', 'e'] },
};

const boundaryCases = (use: () => Fixture): void => {
  describe('boundary: values are read as they were written', () => {
    it.each(Object.entries(roundTrips))('%s', async (_, fields) => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([fields])) as [Thing];
      expect(await things.get(thing._id)).toEqual(thing);
      expect(await things.find({ sku: thing.sku, name: thing.name })).toEqual(thing);
      const [plain] = (await insertEach([{}])) as [Thing];
      const { sku: __, ...others } = fields;
      const next = await write(() => things.update(plain, { $set: others }));
      expect(await things.get(plain._id)).toEqual({ ...plain, ...others, version: 2, updatedAt: next.updatedAt });
    });

    it('sums stay whole numbers beyond 2^31', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ stock: 2 ** 31 - 1 }])) as [Thing];
      const one = await write(() => things.update(thing, { $inc: { stock: 1 } }));
      const two = await write(() => things.update(one, { $inc: { stock: 2 ** 40 } }));
      expect(two.stock).toBe(2 ** 31 + 2 ** 40);
      expect(await things.get(thing._id)).toEqual(two);
    });
  });
};

/** Valid values are read as they were written, and invalid ones are refused. */
export const valueCases = (use: () => Fixture): void => {
  validatorCases(use);
  ruleCases(use);
  uniqueCases(use);
  boundaryCases(use);
};
