import { parseArgs } from 'node:util';
import { createStatementReader, toPublicJwk } from '@plinth/auth';
import type { loadOrExit } from '@plinth/config';
import { StartupError, StoredId } from '@plinth/data-kit';
import { connectMongo } from '@plinth/mongo';
import { checkSettings, databaseSettings, systemIds, verificationSettings } from '@plinth/service-kit';
import { verify } from './verify.ts';

export type RunOptions = {
  readonly load: typeof loadOrExit;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
};

const settings = { ...databaseSettings, ...verificationSettings };

const usage = 'Usage: npm run audit -- verify [--tenant <id>]';

const readTenant = (args: readonly string[]): string | undefined => {
  let parsed: { values: { tenant?: string }; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...args], options: { tenant: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    throw new StartupError(`${(error as Error).message}\n${usage}`);
  }
  const { values, positionals } = parsed;
  if (positionals.join(' ') !== 'verify') throw new StartupError(usage);
  const tenantId = values.tenant?.toLowerCase();
  if (tenantId === undefined || StoredId.safeParse(tenantId).success) return tenantId;
  throw new StartupError(`'${values.tenant}' is not the id of a tenant.\n${usage}`);
};

const run = async (args: readonly string[], { load, print }: RunOptions): Promise<boolean> => {
  const tenantId = readTenant(args);
  const config = await load(settings, { check: checkSettings });
  const { AUDIT_SIGNING_KEY: signingKey, AUDIT_PUBLIC_KEYS: published } = config;
  const keys = [...(signingKey ? [toPublicJwk(signingKey)] : []), ...(published?.keys ?? [])];
  if (keys.length === 0) {
    throw new StartupError(
      'No key is known. Set AUDIT_PUBLIC_KEYS to the public keys of the audit trail, or start `npm start` once.',
    );
  }
  // No cursor is made, so any secret serves.
  const datastore = await connectMongo({ ...config, CURSOR_SECRET: systemIds.next() });
  try {
    return await verify({ datastore, readStatement: createStatementReader(keys), tenantId, print });
  } finally {
    await datastore.close();
  }
};

/** Runs a command of `npm run audit`. Returns the exit code of its process. */
export const runAudit = async (args: readonly string[], options: RunOptions): Promise<0 | 1> => {
  try {
    return (await run(args, options)) ? 0 : 1;
  } catch (error) {
    options.printError(error instanceof StartupError ? error.message : String((error as Error).stack));
    return 1;
  }
};
