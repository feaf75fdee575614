import { queuesSuite } from '../contract-tests/queues-suite.ts';
import { fakeQueues } from './queues.ts';

queuesSuite('the fake', async () => fakeQueues());
