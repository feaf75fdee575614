import { describe, expect, it } from 'vitest';
import { createSlice } from '../test/slice.ts';
import type { Row } from './compare.ts';
import { describeConditions, replaceFigures, toComparisonTable, toOverloadTable } from './report.ts';

const row: Row = {
  kind: 'get',
  load: 32,
  subject: [
    createSlice({ perSecond: 850 }),
    createSlice({ perSecond: 900, healthMs: 12, memoryMiB: 310 }),
    createSlice(),
  ],
  reference: [
    createSlice({ serverMicros: 210 }),
    createSlice({ serverMicros: 195 }),
    createSlice({ serverMicros: 225 }),
  ],
};

describe('tables', () => {
  it('show the ratio, its range and the figures of both servers', () => {
    expect(toComparisonTable([row]).split('\n')).toEqual([
      '| request           | connections | per core | lowest–highest | server CPU µs | mongod CPU µs | requests/s |',
      '| ----------------- | ----------: | -------: | -------------: | ------------: | ------------: | ---------: |',
      '| GET /v1/users/:id |          32 |     2.10 |      1.95–2.25 |     100 / 210 |       50 / 50 | 900 / 1000 |',
    ]);
  });

  it('show latencies of arrivals', () => {
    const table = toComparisonTable([{ ...row, load: 300 }], true);
    expect(table).toContain('|        300 |');
    expect(table).toContain('| 1.00 / 1.00 | 3.00 / 3.00 |');
  });

  it('show the median share of the peak, the slowest health check and the most memory of overloads', () => {
    expect(toOverloadTable([{ ...row, load: 768 }]).split('\n')).toEqual([
      '| request           | clients | peak/s | served/s | of peak | rejected/s | health ms | memory MiB |',
      '| ----------------- | ------: | -----: | -------: | ------: | ---------: | --------: | ---------: |',
      '| GET /v1/users/:id |     768 |   1000 |      900 |    0.90 |          0 |        12 |  300 / 310 |',
    ]);
  });

  it.each([
    [true, 'The server had a CPU to itself'],
    [false, 'the figures scatter more'],
  ])('state whether processes were pinned: %s', (arePinned, message) => {
    expect(
      describeConditions({ mongodVersion: '8.0.1', arePinned }, { kinds: [], loads: [], rounds: 5, seconds: 2 }),
    ).toContain(message);
  });
});

describe('the page', () => {
  const createSection = (mode: string, figures: string) =>
    `<!-- ${mode}: written by \`npm run bench -- ${mode} --write\` -->\n\n${figures}\n\n<!-- end of ${mode} -->`;
  const page = `# A\n\n${createSection('raw', 'old')}\n\nB\n\n${createSection('tracing', 'old')}\n`;

  it('has only the figures of the mode replaced', () => {
    const replaced = replaceFigures(page, 'tracing', 'new');
    expect(replaced).toBe(`# A\n\n${createSection('raw', 'old')}\n\nB\n\n${createSection('tracing', 'new')}\n`);
    expect(replaceFigures(replaced, 'tracing', 'new')).toBe(replaced);
  });

  it('is rejected without a place for them', () => {
    expect(() => replaceFigures(page, 'overload', 'new')).toThrow('no place for figures');
  });
});
