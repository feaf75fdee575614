import { connectMongo } from '../src/index.ts';
import { after, fillState } from './migrations-cards.ts';

/** A process that migrates slowly, for tests that kill it: `node migrations-slow-process.ts <uri> <prefix>`. */
const [, , uri = '', prefix = ''] = process.argv;
const datastore = await connectMongo({
  MONGODB_URI: uri,
  MONGODB_POOL_SIZE: 4,
  MONGODB_DATABASE_PREFIX: prefix,
  CURSOR_SECRET: 'a secret of tests',
});
const slow = { ...fillState, batchSize: 5, perSecond: 20 };
const migrations = after.migrations.map((migration) => (migration === fillState ? slow : migration)).slice(0, 3);
const options = { clock: { now: () => new Date() }, ids: { next: () => '' } };
await datastore.open({ ...after, migrations }, options).prepare();
