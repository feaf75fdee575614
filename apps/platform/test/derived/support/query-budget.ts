import type { TestDatastore } from '@plinth/mongo/testing';

type Document = Readonly<Record<string, unknown>>;

const shapeMax = 2;
const reads = ['find', 'aggregate', 'count', 'distinct'];
const parts = ['filter', 'query', 'pipeline', 'sort', 'projection', 'hint', 'min', 'max'];

/** Returns a value without its scalars. Lists of equal shapes are one shape, whatever their lengths. */
const toShape = (value: unknown): unknown => {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(toShape(item))))];
  if (typeof value !== 'object' || value === null || '_bsontype' in value || value instanceof Date) return '?';
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toShape(inner)]));
};

const isStream = (command: Document): boolean => JSON.stringify(command['pipeline'] ?? '').includes('$changeStream');

/** Observes the reads of collections, so that a request with a query for each of its items is noticed. */
export const observeQueries = ({ client, databasePrefix }: TestDatastore) => {
  const shapes: string[] = [];
  const onCommand = ({
    commandName,
    databaseName,
    command,
  }: {
    commandName: string;
    databaseName: string;
    command: Document;
  }) => {
    if (!reads.includes(commandName) || !databaseName.startsWith(databasePrefix) || isStream(command)) return;
    const asked = Object.fromEntries(
      parts.flatMap((part) => (part in command ? [[part, toShape(command[part])]] : [])),
    );
    shapes.push(`${commandName} ${String(command[commandName])} ${JSON.stringify(asked)}`);
  };
  client.on('commandStarted', onCommand);
  return {
    /** Returns a sentence for each shape of query that was sent more than twice since the last call. */
    takeFaults: (): string[] => {
      const counts = Map.groupBy(shapes.splice(0), (shape) => shape);
      return [...counts].flatMap(([shape, { length }]) =>
        length > shapeMax ? [`sends one query ${length} times, at most ${shapeMax} are allowed: ${shape}`] : [],
      );
    },
    stop: () => client.off('commandStarted', onCommand),
  };
};
