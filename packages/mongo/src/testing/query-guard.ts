import type { CommandStartedEvent, Document, MongoClient } from 'mongodb';
import { isEmptyBounds } from '../failures.ts';
import { explainable, hasTenant } from './tenant-predicate.ts';

type Plan = { readonly stages: readonly Document[]; readonly examined: number; readonly returned: number };

export type QueryGuard = {
  /** @returns a sentence for every query since the last check that broke a rule. */
  check(): Promise<string[]>;
  stop(): void;
};

const stagesOf = (node: unknown): Document[] => {
  if (typeof node !== 'object' || node === null) return [];
  const own = 'stage' in node ? [node as Document] : [];
  return [...own, ...Object.values(node).flatMap(stagesOf)];
};

const emptyPlan: Plan = { stages: [], examined: 0, returned: 0 };

const planOf = async (client: MongoClient, database: string, query: Document): Promise<Plan> => {
  const explained = await client
    .db(database)
    .command({ explain: query, verbosity: 'executionStats' })
    .catch((cause: unknown) => {
      // Bounds that leave nothing between them read nothing, and cannot be explained either.
      if (!isEmptyBounds(cause)) throw cause;
    });
  if (!explained) return emptyPlan;
  const { totalDocsExamined, nReturned } = explained['executionStats'] as Document;
  return {
    stages: stagesOf((explained['queryPlanner'] as Document)['winningPlan']),
    examined: totalDocsExamined,
    returned: nReturned,
  };
};

const firstKey = ({ keyPattern }: Document): string | undefined => Object.keys((keyPattern as object) ?? {})[0];

const faultsOf = ({ stages, examined, returned }: Plan): string[] => {
  const names = stages.map(({ stage }) => stage as string);
  const foreign = stages.filter((stage) => stage['keyPattern'] && !['tenantId', '_id'].includes(firstKey(stage) ?? ''));
  return [
    ...(names.includes('COLLSCAN') ? ['reads the whole collection: add an index'] : []),
    ...(names.includes('SORT') ? ['sorts in memory: end the index with the sorted field and _id'] : []),
    ...foreign.map(({ indexName }) => `uses the index ${indexName}, which does not begin with tenantId`),
    ...(examined > 10 * Math.max(1, returned) ? [`examined ${examined} documents to return ${returned}`] : []),
  ];
};

type Seen = { readonly database: string; readonly collection: string; readonly query: Document };

/** How many queries one check explains; a test that sends more is sampled evenly. */
const explainedMax = 400;

/**
 * Watches every command to a tenant collection: one without its tenant is a fault at once, and each query is
 * explained by `check`. The alarm behind the wall; it needs a client with `monitorCommands`.
 */
export const guardQueries = (
  client: MongoClient,
  isTenantCollection: (database: string, name: string) => boolean,
): QueryGuard => {
  let faults: string[] = [];
  const queries = new Map<string, Seen>();
  const onCommand = ({ commandName, command, databaseName }: CommandStartedEvent): void => {
    const collection = command[commandName] as unknown;
    if (typeof collection !== 'string' || !isTenantCollection(databaseName, collection)) return;
    if (!hasTenant(commandName, command)) faults.push(`${commandName} on '${collection}' was sent without a tenant.`);
    for (const query of explainable(commandName, command)) {
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
      for (const { database, collection, query } of all.filter((_, at) => at % step === 0)) {
        const plan = await planOf(client, database, query);
        found.push(...faultsOf(plan).map((fault) => `find on '${collection}' ${fault}: ${JSON.stringify(query)}`));
      }
      return found;
    },
    stop: () => client.off('commandStarted', onCommand),
  };
};
