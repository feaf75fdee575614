/** Its message is for the terminal: what happened and what to do. */
export class DevDatabasesError extends Error {
  override name = 'DevDatabasesError';
}

export const getMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));
