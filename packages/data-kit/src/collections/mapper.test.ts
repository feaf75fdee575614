import { describe, expect, it } from 'vitest';
import { defineMapper } from './mapper.ts';

type Stored = { _id: string; name: string; at: Date; tags: string[]; note?: string; secret: string };
type View = { id: string; at: string; name: string; tags: string[]; note?: string };

const toView = defineMapper<Stored, View>({ id: '_id', at: 'at', name: 'name', tags: 'tags', note: 'note' });
const stored: Stored = { _id: 'a', name: 'Ada', at: new Date(0), tags: ['x'], note: 'n', secret: 's' };

describe('a mapper', () => {
  it('returns the declared fields in their order, times as text, and nothing else', () => {
    const view = toView(stored);
    expect(view).toStrictEqual({ id: 'a', at: '1970-01-01T00:00:00.000Z', name: 'Ada', tags: ['x'], note: 'n' });
    expect(Object.keys(view)).toEqual(['id', 'at', 'name', 'tags', 'note']);
  });

  it('boundary: omits absent fields', () => {
    const { note: _, ...without } = stored;
    expect(Object.keys(toView(without))).not.toContain('note');
    expect(Object.keys(toView({ ...without, note: undefined as never }))).not.toContain('note');
  });

  it('computes a field by a function of the document', () => {
    const toTitle = defineMapper<Stored, { title: string; by?: string }>({
      title: ({ name, note }) => `${name}: ${note}`,
      by: () => undefined,
    });
    expect(toTitle(stored)).toStrictEqual({ title: 'Ada: n' });
  });

  it('integrity: refuses an invalid time', () => {
    expect(() => toView({ ...stored, at: new Date(Number.NaN) })).toThrow(RangeError);
  });
});
