import { describe, expect, it } from 'vitest';
import { buildSlice } from '../test/slice.ts';
import type { Row } from './compare.ts';
import { replaceFigures, toArrivalsTable, toConditions, toLoopTable } from './report.ts';

const row: Row = {
  kind: 'get',
  load: { connections: 32 },
  ratio: { median: 2.1, min: 1.95, max: 2.25 },
  subject: buildSlice(),
  reference: buildSlice({ serverMicros: 210, mongodMicros: Number.NaN }),
};

describe('tables', () => {
  it('show the ratio, its range and the figures of both servers', () => {
    expect(toLoopTable([row]).split('\n')).toEqual([
      '| request           | connections | per core | lowest–highest | server CPU µs | mongod CPU µs |  requests/s |',
      '|-------------------|------------:|---------:|---------------:|--------------:|--------------:|------------:|',
      '| GET /v1/users/:id |          32 |     2.10 |      1.95–2.25 |     100 / 210 |        50 / – | 1000 / 1000 |',
    ]);
  });

  it('show latencies of arrivals', () => {
    const table = toArrivalsTable([{ ...row, load: { perSecond: 300 } }]);
    expect(table).toContain('|        300 |');
    expect(table).toContain('| 1.00 / 1.00 | 3.00 / 3.00 |');
  });

  it.each([
    [true, 'The server had a CPU to itself'],
    [false, 'the figures scatter more'],
  ])('state whether processes were pinned: %s', (arePinned, sentence) => {
    expect(toConditions({ mongodVersion: '8.0.1', arePinned, rounds: 5, seconds: 2 })).toContain(sentence);
  });
});

describe('the page', () => {
  const place = (mode: string, figures: string) =>
    `<!-- ${mode}: written by \`npm run bench -- ${mode} --write\` -->\n\n${figures}\n\n<!-- end of ${mode} -->`;
  const page = `# A\n\n${place('raw', 'old')}\n\nB\n\n${place('tracing', 'old')}\n`;

  it('has only the figures of the mode replaced', () => {
    const replaced = replaceFigures(page, 'tracing', 'new');
    expect(replaced).toBe(`# A\n\n${place('raw', 'old')}\n\nB\n\n${place('tracing', 'new')}\n`);
    expect(replaceFigures(replaced, 'tracing', 'new')).toBe(replaced);
  });

  it('is rejected without a place for them', () => {
    expect(() => replaceFigures(page, 'overload', 'new')).toThrow('no place for figures');
  });
});
