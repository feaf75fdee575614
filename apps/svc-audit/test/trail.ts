import { createSigner, createStatementReader, generateSigningKey, toPublicJwk } from '@plinth/auth';
import type { JournalEntry, ReceiveEntries } from '@plinth/data-kit';
import { openTestDatastore, type TestDatastore } from '@plinth/mongo/testing';
import { systemClock, systemIds } from '@plinth/service-kit';
import { createId } from '@plinth/testing';
import { auditConsumer } from '../src/append-events.ts';
import { auditModule } from '../src/module.ts';
import { verify } from '../src/verify.ts';

export const key = await generateSigningKey();
const readStatement = createStatementReader([toPublicJwk(key)]);

/** Creates an entry as the journal of a module delivers it. */
export const createEntry = (tenantId: string, fields: Partial<JournalEntry> = {}): JournalEntry => {
  const id = createId();
  return {
    _id: createId(),
    tenantId,
    at: new Date(),
    actor: { kind: 'user', id: createId() },
    requestId: createId(),
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    operation: 'changeRole',
    changes: [
      { kind: 'update', collection: 'users', id, version: 2, before: { role: 'member' }, after: { role: 'owner' } },
    ],
    events: [],
    position: '0',
    ...fields,
  };
};

export const createEntries = (tenantId: string, count: number): JournalEntry[] =>
  Array.from({ length: count }, () => createEntry(tenantId));

/** The audit trail on a datastore: what a worker and `npm run audit` do with it. */
export const createTrail = (datastore: TestDatastore) => {
  const { signal } = new AbortController();
  /** Opens the module as another process does. */
  const openReceiver = (): ReceiveEntries => {
    const { collections, events, unitOfWork } = datastore.open(auditModule, { clock: systemClock, ids: systemIds });
    const deps = { ...collections, events, unitOfWork, signer: createSigner(key), clock: systemClock, ids: systemIds };
    return auditConsumer.receive(deps);
  };
  const receiveEntries = openReceiver();
  return {
    openReceiver,
    receive: (entries: readonly JournalEntry[], source = 'users') => receiveEntries(entries, { source, signal }),
    events: (tenantId: string) =>
      datastore.client
        .db(`${datastore.databasePrefix}audit`)
        .collection('auditEvents')
        .find({ tenantId }, { sort: { sequence: 1 } })
        .toArray(),
    /** Returns what `npm run audit -- verify` prints and whether it found nothing. */
    verify: async (tenantId?: string, read = readStatement) => {
      const lines: string[] = [];
      const print = (line: string): void => void lines.push(line);
      const isUnaltered = await verify({ datastore, readStatement: read, tenantId, print });
      return { isUnaltered, lines };
    },
  };
};

/** Opens the audit trail on a database of its own. */
export const openTrail = async () => {
  const datastore = await openTestDatastore();
  await datastore.open(auditModule, { clock: systemClock, ids: systemIds }).prepare();
  return { datastore, ...createTrail(datastore) };
};
