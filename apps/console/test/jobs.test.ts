import { unwrap } from '@plinth/service-actions';
import { listDeadMessages, listJobs, retryDeadMessage } from '@plinth/service-actions/operations';
import { nodeCommand, startChild } from '@plinth/testing/process';
import { beforeAll, expect, inject } from 'vitest';
import { createApiAs, expectMessage, inspect, pressTabUntil, signIn, useBrowser } from './support/console.ts';

const it = useBrowser();
const api = createApiAs('Ada Lovelace');
const name = 'start-customer-erasure';

beforeAll(async () => {
  const script = new URL('../../platform/test/add-dead-messages.ts', import.meta.url);
  const env = { ...process.env, MONGODB_DATABASE_PREFIX: inject('databasePrefix') };
  const { exited, combinedOutput } = startChild(nodeCommand(script), { env });
  expect((await exited)[0], combinedOutput()).toBe(0);
});

const listDead = async () => (await unwrap(listDeadMessages(api, { module: 'orders', query: { name } }))).items;

it('jobs show their dead messages, which are retried by keyboard alone and dropped', async ({ page, faults }) => {
  faults.allow(/status of 40[49]/);
  await signIn(page, 'Ada Lovelace', '/jobs');
  const row = page.getByRole('row', { name });
  await row.getByText('Failing').waitFor();
  await inspect(page, 'jobs');
  await pressTabUntil(page, name);
  await page.keyboard.press('Enter');
  const messages = page.getByRole('table', { name: 'Dead messages' }).getByRole('link');
  await expect.poll(() => messages.count()).toBe(2);
  await inspect(page, 'job');
  await pressTabUntil(page, 'users.user-erased');
  await page.keyboard.press('Enter');
  await page.getByRole('cell', { name: 'The service is overloaded.' }).waitFor();
  await inspect(page, 'dead-message');
  await pressTabUntil(page, 'Retry');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Retry this message?' });
  await dialog.waitFor();
  await inspect(page, 'dead-message-retry');
  await pressTabUntil(page, 'Retry');
  await page.keyboard.press('Enter');
  await expectMessage(page, 'The message waits for its next attempt.');
  await expect.poll(() => messages.count()).toBe(1);
  await messages.click();
  await page.getByRole('button', { name: 'Drop' }).click();
  // Another owner is faster.
  const [last] = await listDead();
  const again = await retryDeadMessage(api, { module: 'orders', id: String(last?.id) });
  expect(again.ok).toBe(true);
  await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
  await page.getByText('The message is not dead any more: it was retried or dropped.').waitFor();
  // The worker handles what was retried.
  const findJob = async () => (await unwrap(listJobs(api, {}))).items.find((job) => job.name === name);
  await expect.poll(findJob, { timeout: 20_000 }).toMatchObject({ ready: 0, dead: 0 });
});

it('jobs are absent for a role that may not see them', async ({ page, faults }) => {
  faults.allow(/status of 403/);
  await signIn(page, 'Annie Easley', '/jobs');
  await page.getByText('jobs:read').waitFor();
  expect(await page.getByRole('navigation').getByRole('link', { name: 'Jobs' }).count()).toBe(0);
});
