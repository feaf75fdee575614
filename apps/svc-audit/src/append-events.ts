import { ApiError, commonErrors } from '@plinth/contract-kit';
import {
  type Collection,
  type Ctx,
  type JournalChange,
  type JournalConsumerDeps,
  type JournalEntry,
  type ReceiveEntries,
  UniqueViolation,
} from '@plinth/data-kit';
import {
  type AuditChainDocument,
  type AuditCheckpointDocument,
  type AuditEventDocument,
  checkpointInterval,
} from '@plinth/models/audit';
import type { ModuleDeps } from '@plinth/service-kit';
import { firstPreviousHash, hashEvent } from './hash-event.ts';

type Deps = Pick<JournalConsumerDeps, 'unitOfWork' | 'signer'> &
  Pick<ModuleDeps<unknown>, 'clock'> & {
    readonly auditEvents: Collection<AuditEventDocument, 'insert' | 'getMany'>;
    readonly auditChains: Collection<AuditChainDocument, 'find' | 'insert' | 'update'>;
    readonly auditCheckpoints: Collection<AuditCheckpointDocument, 'insert'>;
  };

/** A transaction has at most this many entries and characters of changes. */
const entriesMax = 500;
const charsMax = 2_000_000;

/** The values of larger changes are left out, so that every journal row fits a document. */
const changesCharsMax = 4_000_000;

/** How often a transaction is tried against those of other modules, and for how long. */
const triesMax = 50;
const timeoutMs = 60_000;

const countChars = ({ changes }: JournalEntry): number => JSON.stringify(changes).length;

/** Splits entries into those of each transaction. */
const toBatches = (entries: readonly JournalEntry[]): JournalEntry[][] => {
  const batches: JournalEntry[][] = [];
  let chars = 0;
  for (const entry of entries) {
    const batch = batches.at(-1);
    const added = countChars(entry);
    chars += added;
    if (batch && batch.length < entriesMax && chars <= charsMax) batch.push(entry);
    else {
      batches.push([entry]);
      chars = added;
    }
  }
  return batches;
};

const withoutValues = ({ kind, collection, id, version }: JournalChange): JournalChange => ({
  kind,
  collection,
  ...(id !== undefined && { id }),
  ...(version !== undefined && { version }),
});

const toResourceKeys = (changes: readonly JournalChange[]): string[] => [
  ...new Set(
    changes.flatMap(({ collection, id }) =>
      id === undefined ? [collection] : [collection, id, `${collection}/${id}`],
    ),
  ),
];

/** Returns the fields of an audit event, without its place in the chain. */
const toFields = (entry: JournalEntry, module: string) => {
  const { operation, actor, requestId, traceId, consumed, changes } = entry;
  const isTooLarge = countChars(entry) > changesCharsMax;
  return {
    module,
    action: operation,
    actorKind: actor.kind,
    actorId: actor.id,
    requestId,
    traceId,
    ...(consumed !== undefined && { messageId: consumed }),
    resourceKeys: toResourceKeys(changes),
    changes: isTooLarge ? changes.map(withoutValues) : changes,
    ...(isTooLarge && { valuesOmitted: true as const }),
  };
};

const createContext = (tenantId: string, { clock, signal }: Pick<Deps, 'clock'> & { signal: AbortSignal }): Ctx => ({
  actor: { kind: 'consumer', id: 'audit.audit', tenantId, roles: [] },
  tenantId,
  requestId: 'audit',
  trace: { traceId: '0'.repeat(32), spanId: '0'.repeat(16), sampled: false },
  deadline: clock.now().getTime() + timeoutMs,
  signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
});

/**
 * Appends the entries of one tenant that its chain does not have. It commits only while the end of the chain is as it was read, so
 * neither a second process nor a repeated delivery appends an entry twice.
 */
const append = async (deps: Deps, batch: readonly JournalEntry[], { ctx, source }: { ctx: Ctx; source: string }) => {
  const { auditEvents, auditChains, auditCheckpoints, signer } = deps;
  const { tenantId } = ctx;
  const sign = async ({ sequence, hash }: { sequence: number; hash: string }) => {
    return { sequence, hash, signature: await signer.sign({ tenantId, sequence, hash }) };
  };
  // Before the events: an event that is appended after this read changes the chain.
  const chain = await auditChains.for(ctx).find({ scope: 'tenant' });
  const stored = await auditEvents.for(ctx).getMany(batch.map(({ _id }) => _id));
  const known = new Set(stored.map(({ _id }) => _id));
  let last = { sequence: chain?.sequence ?? 0, hash: chain?.hash ?? firstPreviousHash };
  for (const entry of batch) {
    if (known.has(entry._id)) continue;
    const place = { sequence: last.sequence + 1, previousHash: last.hash };
    const fields = { ...place, ...toFields(entry, source) };
    const hash = hashEvent({ ...fields, _id: entry._id, tenantId, createdAt: entry.at });
    auditEvents.for(ctx).insert({ ...fields, hash }, { id: entry._id, at: entry.at });
    last = { sequence: place.sequence, hash };
    if (last.sequence % checkpointInterval === 0) auditCheckpoints.for(ctx).insert(await sign(last));
  }
  if (known.size === batch.length) return;
  const end = await sign(last);
  if (chain) auditChains.for(ctx).update(chain, { $set: end }, commonErrors.conflict());
  else auditChains.for(ctx).insert({ scope: 'tenant', ...end });
};

/** True when another writer has changed the chain meanwhile. */
const isConflict = (error: unknown): boolean =>
  error instanceof UniqueViolation || (error instanceof ApiError && error.code === 'conflict');

/** Appends the journal rows of the other modules to the chains of their tenants. */
const createAppendAll =
  (deps: Deps): ReceiveEntries =>
  async (entries, { source, signal }) => {
    const appendUntilDone = async (tenantId: string, batch: readonly JournalEntry[]): Promise<void> => {
      for (let tries = 1; ; tries += 1) {
        const ctx = createContext(tenantId, { clock: deps.clock, signal });
        const work = (): Promise<void> => append(deps, batch, { ctx, source });
        try {
          return await deps.unitOfWork.run(ctx, work, { operation: 'appendAuditEvents', skipsJournal: true });
        } catch (error) {
          if (!isConflict(error) || tries >= triesMax) throw error;
        }
      }
    };
    const appendAll = async ([tenantId, ofTenant]: [string, JournalEntry[]]): Promise<void> => {
      for (const batch of toBatches(ofTenant)) await appendUntilDone(tenantId, batch);
    };
    await Promise.all([...Map.groupBy(entries, ({ tenantId }) => tenantId)].map(appendAll));
  };

/** Entries of several modules change the same chains, so this process appends those of one delivery after the other. */
const receive = (deps: Deps): ReceiveEntries => {
  const appendAll = createAppendAll(deps);
  let previous: Promise<void> = Promise.resolve();
  return (entries, options) => {
    const appended = previous.then(() => appendAll(entries, options));
    previous = appended.catch(() => undefined);
    return appended;
  };
};

export const auditConsumer = { name: 'audit', errors: [commonErrors.conflict], receive };
