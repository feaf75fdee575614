const commands: ReadonlySet<string> = new Set(['find', 'aggregate', 'update', 'delete']);

const wellFormed = /^[a-z][a-z0-9]{0,63}$/i;

/**
 * The collection that a command names; empty where it names none. Instrumentation hands over a command, of which only
 * this may be told, or of an insert the first document, of which nothing may: documents begin with their `_id`.
 */
export const collectionOf = (command: object): string => {
  const [operation, collection] = Object.entries(command)[0] ?? [];
  const isCommand = operation !== undefined && commands.has(operation);
  return isCommand && typeof collection === 'string' && wellFormed.test(collection) ? collection : '';
};
