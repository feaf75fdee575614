import { startMissingDatabases } from './databases-setup.ts';

/** Runs once before the workers, which get a mongod that no other package uses. */
export const setup = () => startMissingDatabases({ ...process.env, MONGODB_URI: undefined });
