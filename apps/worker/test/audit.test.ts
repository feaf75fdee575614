import { createSigner, generateSigningKey } from '@plinth/auth';
import { modules as platformModules } from '@plinth/platform/modules';
import { type Module, systemClock, systemIds } from '@plinth/service-kit';
import { createId } from '@plinth/testing';
import { expect, it } from 'vitest';
import { modules, openBoxes } from './fixture.ts';

const auditModule = platformModules.find(({ name }) => name === 'audit') as Module;

it('integrity: two workers append every commit of every module to the audit trail, once and in order', async () => {
  const boxes = await openBoxes();
  await boxes.datastore.open(auditModule, { clock: systemClock, ids: systemIds }).prepare();
  const signer = createSigner(await generateSigningKey());
  const options = { modules: [...modules, auditModule], runs: ['boxes', 'shelves', 'audit'], signer };
  const workers = [boxes.startWorker(options), boxes.startWorker(options)];
  const [tenantId, count] = [createId(), 20];
  await boxes.move(Array.from({ length: count }, (_, step) => ({ tenantId, boxId: createId(), step })));
  const listEvents = () => boxes.datastore.raw('audit', 'auditEvents').all();
  // Each move is a commit of one module, and its effect one of the other.
  await expect.poll(async () => (await listEvents()).length, { timeout: 60_000 }).toBe(2 * count);
  await Promise.all(workers.map((worker) => worker.stop()));
  const events = (await listEvents()).toSorted((left, right) => left['sequence'] - right['sequence']);
  expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
  for (const [index, { previousHash }] of events.entries()) {
    expect(previousHash).toBe(events[index - 1]?.['hash'] ?? '0'.repeat(64));
  }
  const rows = await Promise.all(modules.map(({ name }) => boxes.datastore.raw(name, 'journal').all()));
  expect(new Set(events.map(({ _id }) => _id))).toEqual(new Set(rows.flat().map(({ _id }) => _id)));
  await boxes.close();
}, 120_000);
