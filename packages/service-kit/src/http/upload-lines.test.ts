import type { OperationLine } from '@plinth/data-kit';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { listColumns, toCsvExample } from './csv-columns.ts';
import { lineLengthMax, readLines } from './upload-lines.ts';

const Price = z.object({ amount: z.int(), currency: z.string() }).meta({ id: 'PriceOfLine' });
const Line = z.object({ sku: z.string(), note: z.string().optional(), price: Price, weight: z.number().default(0) });
const upload = { line: Line, linesMax: 10 };

/** Reads a file that arrives in parts of some bytes, so that characters and line ends are cut in two. */
const read = async (file: string | Uint8Array, type: string, partBytes = 3): Promise<OperationLine[]> => {
  const bytes = Buffer.from(file);
  const parts = async function* (): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes.length; start += partBytes) yield bytes.subarray(start, start + partBytes);
  };
  const lines: OperationLine[] = [];
  for await (const line of readLines(parts(), { type, upload })) lines.push(line);
  return lines;
};
const toJson = (lines: readonly OperationLine[]) =>
  lines.map(({ line, text, problem }) => [line, problem ?? JSON.parse(text ?? '')]);

it('returns the lines of NDJSON that are not blank, with their numbers', async () => {
  const lines = await read('\uFEFF{"a":"Zoë"}\r\n\r\n  \n{"b":2}', 'application/x-ndjson');
  expect(toJson(lines)).toEqual([
    [1, { a: 'Zoë' }],
    [4, { b: 2 }],
  ]);
});

it('converts records of CSV by their columns, in any order', async () => {
  const file = '\uFEFFprice.amount,unknown,sku,note\r\n12,x,A,"Zoë ""\r\n"",\r\n"\r\n\r\nx,x,B,\r\n-1.5,x,,\n';
  const lines = await read(file, 'text/csv; charset=utf-8');
  expect(toJson(lines)).toEqual([
    [4, { price: { amount: 12 }, sku: 'A', note: 'Zoë "\n",\n' }],
    [6, { price: { amount: 'x' }, sku: 'B' }],
    [7, { price: { amount: -1.5 } }],
  ]);
});

it('reports a record with another number of cells', async () => {
  expect(toJson(await read('sku,note\nA\nB,x,y\nC,x', 'text/csv'))).toEqual([
    [2, 'The number of cells is 1 instead of 2.'],
    [3, 'The number of cells is 3 instead of 2.'],
    [4, { sku: 'C', note: 'x' }],
  ]);
});

it.each([
  ['application/x-ndjson', ''],
  ['text/csv', ''],
  ['text/csv', 'sku,note'],
])('boundary: a file of %s with %j has no lines', async (type, file) => {
  expect(await read(file, type)).toEqual([]);
});

it.each([
  ['application/x-ndjson', new Uint8Array([0x22, 0xff]), 'invalid-request'],
  ['application/x-ndjson', new Uint8Array([0xc3]), 'invalid-request'],
  ['text/csv', 'sku\n"A', 'invalid-request'],
  ['text/csv', 'sku\nA"', 'invalid-request'],
  ['text/csv', 'name\nA', 'invalid-request'],
  ['text/csv', `sku\n"${'x'.repeat(lineLengthMax + 2)}"\n`, 'payload-too-large'],
  ['application/x-ndjson', 'x'.repeat(lineLengthMax + 1), 'payload-too-large'],
  ['application/x-ndjson', `${'x'.repeat(lineLengthMax + 1)}\n`, 'payload-too-large'],
] as const)('refuses the malformed file of %s', async (type, file, code) => {
  await expect(read(file, type, 100_000)).rejects.toMatchObject({ code });
});

it('lists the columns of a schema, with nested fields', () => {
  expect(listColumns(Line)).toEqual([
    { name: 'sku', isNumber: false },
    { name: 'note', isNumber: false },
    { name: 'price.amount', isNumber: true },
    { name: 'price.currency', isNumber: false },
    { name: 'weight', isNumber: true },
  ]);
  expect(toCsvExample(Line, { sku: 'A', price: { amount: 1, currency: 'EUR' } })).toBe(
    'sku,price.amount,price.currency\nA,1,EUR\n',
  );
});
