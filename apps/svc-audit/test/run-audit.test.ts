import { readFileSync } from 'node:fs';
import { generateSigningKey, toPublicJwk } from '@plinth/auth';
import { load, type loadOrExit } from '@plinth/config';
import { createId } from '@plinth/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runAudit } from '../src/run-audit.ts';
import { createEntries, key, openTrail } from './trail.ts';

let trail: Awaited<ReturnType<typeof openTrail>>;
const tenants = [createId(), createId()];

beforeAll(async () => {
  trail = await openTrail();
  for (const tenantId of tenants) await trail.receive(createEntries(tenantId, 3));
});
afterAll(() => trail.datastore.close());

const run = async (args: readonly string[], keys: Readonly<Record<string, unknown>> = { AUDIT_SIGNING_KEY: key }) => {
  const lines: string[] = [];
  const env = {
    MONGODB_URI: process.env['MONGODB_URI'],
    MONGODB_DATABASE_PREFIX: trail.datastore.databasePrefix,
    ...Object.fromEntries(Object.entries(keys).map(([name, value]) => [name, JSON.stringify(value)])),
  };
  const print = (line: string): void => void lines.push(line);
  const loadSettings = (async (settings: Parameters<typeof load>[0]) => load(settings, env)) as typeof loadOrExit;
  const exitCode = await runAudit(args, { load: loadSettings, print, printError: print });
  return { exitCode, text: lines.join('\n') };
};

it('exits with 0 when every chain is as it was written, by the signing key or its public half', async () => {
  const text = '6 audit events in 2 chains are as they were written.';
  expect(await run(['verify'])).toEqual({ exitCode: 0, text });
  const keys = [toPublicJwk(await generateSigningKey()), toPublicJwk(key)];
  expect(await run(['verify'], { AUDIT_PUBLIC_KEYS: { keys } })).toEqual({ exitCode: 0, text });
});

it('exits with 1 and names the audit event that was altered, and verifies one tenant', async () => {
  const [tenantId = '', other = ''] = tenants;
  const { client, databasePrefix } = trail.datastore;
  const events = client.db(`${databasePrefix}audit`).collection('auditEvents');
  await events.updateOne({ tenantId, sequence: 2 }, { $set: { actorId: 'other' } });
  expect(await run(['verify'])).toEqual({
    exitCode: 1,
    text: `${tenantId}: audit event 2: was altered.\n1 of 2 chains were altered.`,
  });
  expect(await run(['verify', '--tenant', other.toUpperCase()])).toMatchObject({ exitCode: 0 });
  expect(await run(['verify', '--tenant', tenantId])).toMatchObject({ exitCode: 1 });
});

it.each([
  [[], 'Usage: npm run audit'],
  [['repair'], 'Usage: npm run audit'],
  [['verify', '--all'], 'Usage: npm run audit'],
  [['verify', '--tenant', 'acme'], "'acme' is not the id of a tenant."],
])('exits with 1 for the arguments %j', async (args, message) => {
  const { exitCode, text } = await run(args);
  expect(exitCode).toBe(1);
  expect(text).toContain(message);
});

it('exits with 1 when no key is known', async () => {
  expect(await run(['verify'], {})).toMatchObject({ exitCode: 1, text: expect.stringContaining('AUDIT_PUBLIC_KEYS') });
});

it('the guide shows what its commands print', async () => {
  const guide = readFileSync(new URL('../../../docs/guides/audit.md', import.meta.url), 'utf8');
  const commands = [...guide.matchAll(/```sh\nnpm run audit -- (.+)\n```\n\n```text\n([^`]+)\n```/g)];
  const tenantId = '0199b1c4-8a00-7000-8000-000000000009';
  await trail.receive(createEntries(tenantId, 3));
  const outputs: string[] = [];
  for (const [, args = ''] of commands) {
    outputs.push((await run(args.split(' '))).text);
    const events = trail.datastore.client.db(`${trail.datastore.databasePrefix}audit`).collection('auditEvents');
    await events.updateOne({ tenantId, sequence: 2 }, { $set: { actorId: 'other' } });
  }
  expect(outputs).toEqual(commands.map(([, , shown]) => shown));
  expect(outputs).toHaveLength(2);
});
