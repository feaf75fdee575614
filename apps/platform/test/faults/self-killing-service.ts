// The users service. After the message `{ killAt: n }` it kills itself at the n-th start or success of a command of its requests.
import { flushCompileCache } from 'node:module';
import { loadOrExit } from '@plinth/config';
import { type CommandStep, connectObserved } from '@plinth/mongo/testing';
import { connectRedis } from '@plinth/redis';
import { runService, serviceSettings } from '@plinth/service-kit';
import { usersModule } from '@plinth/svc-users/module';

/** The commands of requests. Monitoring, change streams and ending sessions send others at any time. */
const countedCommands = ['find', 'insert', 'update', 'delete', 'commitTransaction', 'abortTransaction'];

let killAt = 0;
let steps: string[] = [];

const onStep = ({ kind, command }: CommandStep): void => {
  if (killAt === 0 || !countedCommands.includes(command)) return;
  steps.push(`${command} ${kind}`);
  if (steps.length === killAt) process.kill(process.pid, 'SIGKILL');
};

process.on('message', (message: { killAt?: number }) => {
  if (message.killAt !== undefined) {
    killAt = message.killAt;
    steps = [];
  }
  process.send?.(steps);
});

await runService({
  name: 'svc-users',
  modules: [usersModule],
  config: await loadOrExit(serviceSettings),
  connect: connectObserved(onStep),
  connections: [connectRedis],
});

// A killed process does not write its compile cache, and the next one would start as slowly.
flushCompileCache();
