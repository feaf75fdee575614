// Runs a program with MONGODB_URI and REDIS_URL: `with-databases.ts volatile|temporary|.data <program> [arguments]`.
// With volatile, the data is kept in memory where there is room.
// With .data, MONGODB_URI may also come from .env, and a program that has one needs no database here.
import { startDatabases } from '@plinth/dev-databases';
import { withRunner } from '../run.mjs';
import { dataDir, loadEnvFile } from './environment.ts';
import { readDevelopmentSecrets } from './secrets.ts';

const [data, program = '', ...args] = process.argv.slice(2);
const isTemporary = data !== '.data';

const exitCode = await withRunner(async (runner) => {
  if (!isTemporary) loadEnvFile();
  const run = (env: NodeJS.ProcessEnv) => runner.start([process.execPath, program, ...args], { env }).ended;
  if (!isTemporary && process.env['MONGODB_URI']) return run(process.env);
  const databases = await startDatabases({
    log: console.error,
    ...(isTemporary ? { isVolatile: data === 'volatile' } : { dataDir }),
  });
  // The audit trail of `npm start` is signed with the key of this machine.
  const keys = isTemporary
    ? {}
    : { AUDIT_SIGNING_KEY: JSON.stringify((await readDevelopmentSecrets(dataDir)).auditSigningKey) };
  try {
    return await run({ ...keys, ...process.env, MONGODB_URI: databases.mongodbUri, REDIS_URL: databases.redisUrl });
  } finally {
    await databases.stop();
  }
});
process.exit(exitCode);
