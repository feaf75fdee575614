import { setupWith } from './databases-setup.ts';

/** Runs once before the workers, which get a mongod that no other package uses. */
export const setup = () => setupWith({ ...process.env, MONGODB_URI: undefined });
