import { expect, it } from 'vitest';
import { buildSlice } from '../test/slice.ts';
import { compare, type RunSlice, toRow } from './compare.ts';
import type { Server } from './servers.ts';

const cell = { kind: 'get', load: { connections: 32 } } as const;
const pair = { subject: { name: 'subject' } as Server, reference: { name: 'reference' } as Server };

it('takes ratios within a round, so that a busy machine counts for both servers', () => {
  const round = (subject: number, reference: number) => ({
    subject: buildSlice({ serverMicros: subject }),
    reference: buildSlice({ serverMicros: reference }),
  });
  const row = toRow(cell, [round(100, 200), round(1000, 3000), round(100, 100)]);
  expect(row.ratio).toEqual({ median: 2, min: 1, max: 3 });
  expect([row.subject.serverMicros, row.reference.serverMicros]).toEqual([100, 200]);
});

it('loads both servers in turn, alternates the first one, and does not count the first round', async () => {
  const order: string[] = [];
  const run: RunSlice = async ({ name }) => {
    order.push(name);
    return buildSlice({ serverMicros: order.length > 2 && name === 'reference' ? 200 : 100 });
  };
  const [row] = await compare(run, { pair, cells: [cell], rounds: 2, seconds: 1, log: () => undefined });
  expect(order).toEqual(['subject', 'reference', 'reference', 'subject', 'subject', 'reference']);
  expect(row?.ratio).toEqual({ median: 2, min: 2, max: 2 });
});
