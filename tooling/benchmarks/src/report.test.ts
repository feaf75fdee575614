import { describe, expect, it } from 'vitest';
import type { Options } from './options.ts';
import { assertPlaces, type Conditions, reportOf, sectionNames, tableOf, withFigures } from './report.ts';
import type { Row } from './summary.ts';

const options: Options = {
  reads: ['get'],
  writes: [],
  connections: [32],
  arrivals: [],
  seed: 7,
  rounds: 4,
  sliceMs: 1500,
  write: false,
};
const figures = { perSecond: 4000.4, p50Ms: 7.126, p99Ms: 15, serverMicros: 210.4, mongodMicros: 180 };
const row: Row = {
  kind: 'get',
  load: { connections: 32 },
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
  const figuresOf = (given: Row, change: Partial<Conditions> = {}): string =>
    reportOf([given], { ...conditions, ...change })[0]?.figures ?? '';

  it('shows the platform before the raw server', () => {
    const report = figuresOf(row);
    expect(report).toContain('0.84');
    expect(report).toContain('0.80–0.90');
    expect(report).toContain('210 / 180');
    expect(report).toContain('7.13 / 7.13');
  });

  it('has a part for reads, for writes and for arrivals, of those that were measured', () => {
    const write: Row = { ...row, kind: 'post-keyed' };
    const arrival: Row = { ...row, load: { perSecond: 300 } };
    const sections = reportOf([arrival, write, row], conditions);
    expect(sections.map(({ name }) => name)).toEqual(['reads', 'writes', 'arrivals']);
    expect(sections.map(({ figures: text }) => text.includes('| connections |'))).toEqual([true, true, false]);
    expect(sections[1]?.figures).toContain('POST /v1/users, with a key');
    expect(reportOf([write], conditions).map(({ name }) => name)).toEqual(['writes']);
  });

  it('shows of arrivals how many came and how many were served, and the seed that repeats them', () => {
    const report = figuresOf({ ...row, load: { perSecond: 300 } });
    expect(report).toContain('arrivals/s');
    expect(report).toContain('served/s');
    expect(report).toContain('arrivals by the seed 7');
    expect(figuresOf(row)).not.toContain('seed');
  });

  it('shows that a figure could not be read', () => {
    const blind = { ...figures, mongodMicros: Number.NaN };
    const report = figuresOf({ ...row, platform: blind, raw: blind }, { mongodPinned: undefined });
    expect(report).toContain('– / –');
    expect(report).toContain('mongod is not a process of this machine');
  });

  it('does not say what mongod costs for a request that does not reach it', () => {
    expect(figuresOf({ ...row, kind: 'health' })).not.toContain('180 / 180');
  });

  it.each([
    [{ pinning: undefined }, 'Nothing was pinned'],
    [{ mongodPinned: false }, 'was not pinned'],
    [{}, 'load and mongod shared another one'],
  ])('says what was pinned: %j', (change, sentence) => {
    expect(figuresOf(row, change)).toContain(sentence);
  });
});

describe('withFigures', () => {
  const placeOf = (name: string, content: string): string =>
    `<!-- ${name}: written by \`npm run bench -- --write\` -->\n\n${content}\n\n<!-- end of ${name} -->`;
  const document = `# A\n\n${placeOf('reads', 'old')}\n\nB\n\n${placeOf('writes', 'old')}\n`;

  it('replaces what stands between the markers of the part and nothing else', () => {
    const written = withFigures(document, { name: 'writes', figures: 'new' });
    expect(written).toBe(`# A\n\n${placeOf('reads', 'old')}\n\nB\n\n${placeOf('writes', 'new')}\n`);
    expect(withFigures(written, { name: 'writes', figures: 'new' })).toBe(written);
  });

  it.each(['no marker', document, '<!-- end of arrivals --> <!-- arrivals: written by `npm run bench -- --write` -->'])(
    'refuses a document without a place for them: %s',
    (without) => {
      expect(() => withFigures(without, { name: 'arrivals', figures: 'new' })).toThrow('no place for figures');
    },
  );

  it('says before anything is measured that a part has no place', () => {
    const whole = sectionNames.map((name) => placeOf(name, 'old')).join('\n');
    expect(() => assertPlaces(whole)).not.toThrow();
    expect(() => assertPlaces(document)).toThrow('no place for figures');
  });
});
