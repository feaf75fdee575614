import { randomUUID } from 'node:crypto';
import type { Limit } from '@plinth/data-kit';
import { type Child, nodeCommand, startChild } from '@plinth/testing/process';
import { expect, it, onTestFinished } from 'vitest';
import type { Order, Report } from './process.ts';
import { isHeavy } from './stage.ts';

const redisUrl = process.env['REDIS_URL'] as string;

const start = async (prefix: string): Promise<Child> => {
  const child = startChild(nodeCommand(new URL('./process.ts', import.meta.url), redisUrl, prefix));
  onTestFinished(async () => void (await child.end()));
  await child.ask();
  return child;
};

const orderTo = (child: Child, order: Order): Promise<Report> => child.ask(order) as Promise<Report>;

const sum = (reports: readonly Report[], field: keyof Report): number =>
  reports.reduce((total, report) => total + report[field], 0);

const limit: Limit = { name: 'subject', quota: 600, windowSeconds: 10 };
const ms = isHeavy ? 10_000 : 1500;

it('race: eight processes serve one limit together, within a tenth, when each is asked for more than all of it', async () => {
  const prefix = `test-${randomUUID()}:`;
  const children = await Promise.all(Array.from({ length: 8 }, () => start(prefix)));
  const reports = await Promise.all(children.map((child) => orderTo(child, { limit, ms, perSecond: 600 })));
  const expected = limit.quota + (limit.quota / limit.windowSeconds) * (ms / 1000);
  const allowed = sum(reports, 'allowed');
  console.info(
    `8 processes: ${allowed} of ${Math.round(expected)} served, ${sum(reports, 'asked')} asked, ${sum(reports, 'exchanges')} round trips`,
  );
  expect(Math.abs(allowed - expected)).toBeLessThanOrEqual(expected / 10);
  expect(sum(reports, 'exchanges') / sum(reports, 'asked')).toBeLessThanOrEqual(0.1);
}, 60_000);
