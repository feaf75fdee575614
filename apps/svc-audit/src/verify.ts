import type { ReadStatement } from '@plinth/auth';
import type { MigratableDatastore } from '@plinth/data-kit';
import { type AuditEventDocument, auditChains, auditCheckpoints, auditEvents } from '@plinth/models/audit';
import { type ChainReader, type Finding, verifyChain } from './verify-chain.ts';

const module = 'audit';

type Reader = Pick<MigratableDatastore, 'listTenants' | 'scan'>;

type Statement = NonNullable<Awaited<ReturnType<ChainReader['findEnd']>>>;

export type VerifyOptions = {
  readonly datastore: Reader;
  readonly readStatement: ReadStatement;
  /** Without it, the chains of all tenants. */
  readonly tenantId?: string | undefined;
  readonly print: (line: string) => void;
};

const createReader = ({ datastore, readStatement }: VerifyOptions, tenantId: string): ChainReader => {
  const read = (collection: string, after: number): AsyncIterable<unknown> =>
    datastore.scan({ module, collection, tenantId, field: 'sequence', after });
  const findFirst = async (collection: string, after: number): Promise<Statement | undefined> => {
    for await (const document of read(collection, after)) return document as Statement;
    return undefined;
  };
  return {
    tenantId,
    readEvents: (after) => read(auditEvents.name, after) as AsyncIterable<AuditEventDocument>,
    findEnd: () => findFirst(auditChains.name, 0),
    findCheckpoint: (after) => findFirst(auditCheckpoints.name, after),
    readStatement,
  };
};

const describe = (tenantId: string, { sequence, problem }: Finding): string =>
  `${tenantId}: audit event ${sequence}: ${problem}.`;

async function* listTenants({ datastore, tenantId }: VerifyOptions): AsyncIterable<string> {
  if (tenantId !== undefined) yield tenantId;
  else
    yield* datastore.listTenants({
      module,
      collections: [auditEvents, auditChains, auditCheckpoints].map(({ name }) => name),
    });
}

/** Verifies chains one after the other, and prints the first thing that is wrong with each. Returns true when nothing is. */
export const verify = async (options: VerifyOptions): Promise<boolean> => {
  let [chains, events, wrong] = [0, 0, 0];
  for await (const tenantId of listTenants(options)) {
    const { count, finding } = await verifyChain(createReader(options, tenantId));
    chains += 1;
    events += count;
    if (!finding) continue;
    wrong += 1;
    options.print(describe(tenantId, finding));
  }
  options.print(
    wrong === 0
      ? `${events} audit events in ${chains} chains are as they were written.`
      : `${wrong} of ${chains} chains were altered.`,
  );
  return wrong === 0;
};
