import { expect, it } from 'vitest';
import { toPeersTables } from './table.ts';

const run = { round: 0, endpoint: 'get', rps: 1000, p99: 20, serverUsPerReq: 100 };

it('shows the medians of each server, and the ratio of CPU times within a round', () => {
  const runs = [
    { ...run, server: 'plinth' },
    { ...run, server: 'plinth', round: 1, serverUsPerReq: 300 },
    { ...run, server: 'plinth', round: 2, serverUsPerReq: 200, p99: 30 },
    { ...run, server: 'hono', serverUsPerReq: 150 },
    { ...run, server: 'hono', round: 1, serverUsPerReq: 600 },
  ];
  const starts = [
    { server: 'plinth', startMs: 900 },
    { server: 'hono', startMs: 300 },
  ];
  const memory = [
    { server: 'plinth', rssLoad: 200 },
    { server: 'hono', rssLoad: 100 },
  ];
  expect(toPeersTables({ order: ['hono', 'plinth'], runs, starts, memory }, 'plinth').split('\n')).toEqual([
    '| server |             get | list | post | health | start ms | memory MiB |',
    '| ------ | --------------: | ---: | ---: | -----: | -------: | ---------: |',
    '| hono   | 375 · 1000 · 20 |    – |    – |      – |      300 |        100 |',
    '| plinth | 200 · 1000 · 20 |    – |    – |      – |      900 |        200 |',
    '',
    '| plinth, per core, relative to |  get | list | post | health |',
    '| ----------------------------- | ---: | ---: | ---: | -----: |',
    '| hono                          | 1.75 |    – |    – |      – |',
  ]);
});
