import { describe, expect, it } from 'vitest';
import { createThing, type ThingDocument } from '../../test/things.ts';
import { toChange } from './to-change.ts';

describe('toChange', () => {
  const document = createThing({ name: 'Lamp', note: 'old', tags: ['a'], due: new Date(5) });

  it('sets what differs, removes what is null, and keeps what is undefined', () => {
    const values = { name: 'Sun', group: undefined, note: null, rank: document.rank, tags: ['b'], due: new Date(6) };
    expect(toChange(document, values)).toEqual({
      $set: { name: 'Sun', tags: ['b'], due: new Date(6) },
      $unset: { note: true },
    });
  });

  it('is undefined when the document has every value already', () => {
    expect(toChange(document, {})).toBeUndefined();
    const without = createThing({ name: 'Lamp', tags: ['a'], due: new Date(5) });
    expect(
      toChange<ThingDocument>(without, { note: null, name: 'Lamp', tags: ['a'], due: new Date(5) }),
    ).toBeUndefined();
  });
});
