// The platform, but for one thing: told `{ killAt: n }`, it kills itself at the n-th step of a command of its requests.
import { flushCompileCache } from 'node:module';
import { loadOrExit } from '@plinth/config';
import { type CommandStep, connectObserved } from '@plinth/mongo/testing';
import { connectRedis } from '@plinth/redis';
import { runService } from '@plinth/service-kit';
import { modules } from '../../src/modules.ts';
import { platformSettings } from '../../src/settings.ts';

/** What requests send. Monitoring, change streams and the end of sessions go on beside them. */
const counted = ['find', 'insert', 'update', 'delete', 'commitTransaction', 'abortTransaction'];

let killAt = 0;
let steps: string[] = [];

const onStep = ({ kind, command }: CommandStep): void => {
  if (killAt === 0 || !counted.includes(command)) return;
  steps.push(`${command} ${kind}`);
  if (steps.length === killAt) process.kill(process.pid, 'SIGKILL');
};

process.on('message', (order: { killAt?: number }) => {
  if (order.killAt !== undefined) {
    killAt = order.killAt;
    steps = [];
  }
  process.send?.(steps);
});

await runService({
  name: 'platform',
  modules,
  config: loadOrExit(platformSettings),
  revocationsFrom: 'users',
  connect: connectObserved(onStep),
  connections: [connectRedis],
});

// A process that is killed keeps nothing of what it compiled, and the next one starts as slowly.
flushCompileCache();
