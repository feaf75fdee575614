import type { CommandStartedEvent, Document, MongoClient } from 'mongodb';
import { isEmptyBounds } from '../mongo-errors.ts';
import { acrossTenants } from '../reads/scan.ts';
import { hasTenant, toExplainableQueries } from './tenant-predicate.ts';

type Plan = { readonly stages: readonly Document[]; readonly examined: number; readonly returned: number };

export type QueryGuard = {
  /** Returns one sentence for each query since the last check that broke a rule. */
  check(): Promise<string[]>;
  stop(): void;
};

const getStages = (node: unknown): Document[] => {
  if (typeof node !== 'object' || node === null) return [];
  const stage = 'stage' in node ? [node as Document] : [];
  return [...stage, ...Object.values(node).flatMap(getStages)];
};

const emptyPlan: Plan = { stages: [], examined: 0, returned: 0 };

const explain = async (client: MongoClient, database: string, query: Document): Promise<Plan> => {
  const explained = await client
    .db(database)
    .command({ explain: query, verbosity: 'executionStats' })
    .catch((cause: unknown) => {
      // Empty bounds read nothing, and cannot be explained.
      if (!isEmptyBounds(cause)) throw cause;
    });
  if (!explained) return emptyPlan;
  const { totalDocsExamined, nReturned } = explained['executionStats'] as Document;
  return {
    stages: getStages((explained['queryPlanner'] as Document)['winningPlan']),
    examined: totalDocsExamined,
    returned: nReturned,
  };
};

const firstKey = ({ keyPattern }: Document): string | undefined => Object.keys((keyPattern as object) ?? {})[0];

const findFaults = ({ stages, examined, returned }: Plan): string[] => {
  const names = stages.map(({ stage }) => stage as string);
  // A search scores each document that has one of its words.
  const isSearch = names.includes('TEXT_MATCH');
  const withoutTenant = stages.filter(
    (stage) => stage['keyPattern'] && !['tenantId', '_id'].includes(firstKey(stage) ?? ''),
  );
  return [
    ...(names.includes('COLLSCAN') ? ['reads the whole collection: add an index'] : []),
    ...(names.includes('SORT') && !isSearch ? ['sorts in memory: end the index with the sorted field and _id'] : []),
    ...withoutTenant.map(({ indexName }) => `uses the index ${indexName}, which does not begin with tenantId`),
    ...(examined > 10 * Math.max(1, returned) && !isSearch
      ? [`examined ${examined} documents to return ${returned}`]
      : []),
  ];
};

type SentQuery = { readonly database: string; readonly collection: string; readonly query: Document };

/** One check explains at most this many queries; more are sampled evenly. */
const explainedMax = 400;

/**
 * Observes every command to a tenant collection: one without its tenant is a fault, and `check` explains each query. It
 * needs a client with `monitorCommands`.
 */
export const guardQueries = (
  client: MongoClient,
  isTenantCollection: (database: string, name: string) => boolean,
): QueryGuard => {
  let faults: string[] = [];
  const queries = new Map<string, SentQuery>();
  const onCommand = ({ commandName, command, databaseName }: CommandStartedEvent): void => {
    const collection = command[commandName] as unknown;
    if (typeof collection !== 'string' || !isTenantCollection(databaseName, collection)) return;
    if (command['comment'] === acrossTenants) return;
    if (!hasTenant(commandName, command)) faults.push(`${commandName} on '${collection}' was sent without a tenant.`);
    for (const query of toExplainableQueries(commandName, command)) {
      queries.set(`${databaseName} ${JSON.stringify(query)}`, { database: databaseName, collection, query });
    }
  };
  client.on('commandStarted', onCommand);
  return {
    check: async () => {
      const all = [...queries.values()];
      const step = Math.max(1, Math.ceil(all.length / explainedMax));
      const found = faults;
      faults = [];
      queries.clear();
      for (const { database, collection, query } of all.filter((_, index) => index % step === 0)) {
        const plan = await explain(client, database, query);
        found.push(...findFaults(plan).map((fault) => `find on '${collection}' ${fault}: ${JSON.stringify(query)}`));
      }
      return found;
    },
    stop: () => client.off('commandStarted', onCommand),
  };
};
