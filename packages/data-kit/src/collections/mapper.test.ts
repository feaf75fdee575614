import { describe, expect, it } from 'vitest';
import { defineMapper } from './mapper.ts';

type Stored = { _id: string; name: string; at: Date; tags: string[]; note?: string; secret: string };
type Seen = { id: string; at: string; name: string; tags: string[]; note?: string };

const toSeen = defineMapper<Stored, Seen>({ id: '_id', at: 'at', name: 'name', tags: 'tags', note: 'note' });
const stored: Stored = { _id: 'a', name: 'Ada', at: new Date(0), tags: ['x'], note: 'n', secret: 's' };

describe('a mapper', () => {
  it('shows the declared fields in their order, a time as its text, and nothing else', () => {
    const seen = toSeen(stored);
    expect(seen).toStrictEqual({ id: 'a', at: '1970-01-01T00:00:00.000Z', name: 'Ada', tags: ['x'], note: 'n' });
    expect(Object.keys(seen)).toEqual(['id', 'at', 'name', 'tags', 'note']);
  });

  it('boundary: leaves out what the document does not have', () => {
    const { note: _, ...without } = stored;
    expect(Object.keys(toSeen(without))).not.toContain('note');
    expect(Object.keys(toSeen({ ...without, note: undefined as never }))).not.toContain('note');
  });

  it('integrity: a time that is none is refused', () => {
    expect(() => toSeen({ ...stored, at: new Date(Number.NaN) })).toThrow(RangeError);
  });
});
