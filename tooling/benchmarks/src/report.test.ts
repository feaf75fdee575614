import { describe, expect, it } from 'vitest';
import type { Options } from './options.ts';
import { type Conditions, reportOf, tableOf, withFigures } from './report.ts';
import type { Row } from './summary.ts';

const options: Options = { reads: ['get'], connections: [32], rounds: 4, sliceMs: 1500, write: false };
const figures = { perSecond: 4000.4, p50Ms: 7.126, p99Ms: 15, serverMicros: 210.4, mongodMicros: 180 };
const row: Row = {
  read: 'get',
  connections: 32,
  perCore: { median: 0.8449, min: 0.8, max: 0.9 },
  platform: figures,
  raw: { ...figures, serverMicros: 180 },
};
const conditions: Conditions = { options, mongodVersion: '7.0.0', pinning: { server: 0, load: 1 }, mongodPinned: true };

describe('tableOf', () => {
  it('aligns the columns', () => {
    const table = tableOf([
      ['request', 'µs'],
      ['get', '1000'],
    ]);
    expect(table.split('\n')).toEqual([
      '| request |   µs |', //
      '|---------|-----:|',
      '| get     | 1000 |',
    ]);
  });
});

describe('reportOf', () => {
  it('shows the platform before the raw server', () => {
    const report = reportOf([row], conditions);
    expect(report).toContain('0.84');
    expect(report).toContain('0.80–0.90');
    expect(report).toContain('210 / 180');
    expect(report).toContain('7.13 / 7.13');
  });

  it('shows that a figure could not be read', () => {
    const blind = { ...figures, mongodMicros: Number.NaN };
    const report = reportOf([{ ...row, platform: blind, raw: blind }], { ...conditions, mongodPinned: undefined });
    expect(report).toContain('– / –');
    expect(report).toContain('mongod is not a process of this machine');
  });

  it('does not say what mongod costs for a request that does not reach it', () => {
    expect(reportOf([{ ...row, read: 'health' }], conditions)).not.toContain('180 / 180');
  });

  it.each([
    [{ pinning: undefined }, 'Nothing was pinned'],
    [{ mongodPinned: false }, 'was not pinned'],
    [{}, 'load and mongod shared another one'],
  ])('says what was pinned: %j', (change, sentence) => {
    expect(reportOf([row], { ...conditions, ...change })).toContain(sentence);
  });
});

describe('withFigures', () => {
  const begin = '<!-- figures: written by `npm run bench -- --write` -->';
  const end = '<!-- end of figures -->';

  it('replaces what stands between the markers and nothing else', () => {
    const document = `# A\n\n${begin}\n\nold\n\n${end}\n\nB\n`;
    const written = withFigures(document, 'new');
    expect(written).toBe(`# A\n\n${begin}\n\nnew\n\n${end}\n\nB\n`);
    expect(withFigures(written, 'new')).toBe(written);
  });

  it.each(['no marker', begin, `${end} ${begin}`])('refuses a document without a place for them: %s', (document) => {
    expect(() => withFigures(document, 'new')).toThrow('no place for figures');
  });
});
