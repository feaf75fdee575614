import { toMergePatch } from '@plinth/contract-kit';
import { toPatchChange } from '@plinth/data-kit';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { Thing } from './collections.ts';
import { createTenant, type Fixture, type Tenant } from './fixture.ts';

const ThingInput = Thing.pick({ name: true, note: true, due: true, tags: true, size: true });
const ThingPatch = toMergePatch(ThingInput);

type Case = readonly [name: string, before: object, patch: object, after: object];

const cases: readonly Case[] = [
  [
    'changes a field of an object',
    { size: { width: 1, depth: 2 } },
    { size: { width: 3 } },
    { size: { width: 3, depth: 2 } },
  ],
  [
    'removes an optional field of an object',
    { size: { width: 1, depth: 2 } },
    { size: { depth: null } },
    { size: { width: 1 } },
  ],
  ['begins an absent object', {}, { size: { width: 1 } }, { size: { width: 1 } }],
  ['boundary: removes an absent field', {}, { size: { width: 1, depth: null }, note: null }, { size: { width: 1 } }],
  ['replaces an array', { tags: ['a', 'b'] }, { tags: ['c'] }, { tags: ['c'] }],
  ['sets a time', {}, { due: new Date(5) }, { due: new Date(5) }],
];

const patchThing = (things: Tenant['things'], thing: Thing, patch: z.output<typeof ThingPatch>): Thing => {
  const change = toPatchChange(ThingInput, thing, patch);
  return change ? things.update(thing, change) : thing;
};

/** The guarantees of a change by a merge patch. */
export const patchCases = (use: () => Fixture): void => {
  describe('a merge patch', () => {
    it.each(cases)('%s', async (_, before, patch, after) => {
      const { insertEach, things, write, clock } = createTenant(use());
      const [thing] = (await insertEach([before])) as [Thing];
      const next = await write(() => patchThing(things, thing, ThingPatch.parse(patch)));
      expect(await things.get(thing._id)).toEqual(next);
      expect(next).toEqual({ ...thing, ...after, version: 2, updatedAt: clock.now() });
    });

    it.each([{}, { size: {} }, { size: { width: 1 }, due: null }])('boundary: %j changes nothing', async (patch) => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{ size: { width: 1 } }])) as [Thing];
      await write(() => patchThing(things, thing, ThingPatch.parse(patch)));
      expect(await things.get(thing._id)).toEqual(thing);
    });

    it('boundary: removes an object', async () => {
      const { insertEach, things, write, clock } = createTenant(use());
      const [thing] = (await insertEach([{ size: { width: 1 }, note: 'x' }])) as [Thing];
      await write(() => patchThing(things, thing, { size: null }));
      const { size: _, ...rest } = thing;
      expect(await things.get(thing._id)).toEqual({ ...rest, version: 2, updatedAt: clock.now() });
    });

    it('integrity: that begins an object without its required fields is refused with a pointer', async () => {
      const { insertEach, things, write } = createTenant(use());
      const [thing] = (await insertEach([{}])) as [Thing];
      const failing = write(() => patchThing(things, thing, { size: { depth: 2 } }));
      await expect(failing).rejects.toMatchObject({
        code: 'invalid-request',
        errors: [{ pointer: '/size/width', location: 'body', message: 'is required' }],
      });
      expect(await things.get(thing._id)).toEqual(thing);
    });

    it('race: two that change fields of one object do not undo each other', async () => {
      const { insertEach, things, race } = createTenant(use());
      const [thing] = (await insertEach([{ size: { width: 1, depth: 1 } }])) as [Thing];
      const patches: z.output<typeof ThingPatch>[] = [{ size: { width: 2 } }, { size: { depth: 2 } }];
      const { results, errorCodes } = await race(2, async (tenant, index) => {
        const current = await tenant.things.get(thing._id);
        patchThing(tenant.things, current, patches[index] ?? {});
      });
      expect([results.length, errorCodes]).toEqual([1, ['stale-version']]);
      expect([1, 2]).toContain((await things.get(thing._id)).size?.width);
    });
  });
};
