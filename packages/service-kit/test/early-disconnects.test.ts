import { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { builtInRoles } from '@plinth/contract-kit';
import { createPrincipal, openSocket } from '@plinth/testing';
import { expect, it } from 'vitest';
import { useListeningHost } from './listening-host.ts';
import { thingsModule } from './things.ts';

const lookUpMs = 150;
/** The access of a user that is not in memory takes a while. */
const slowModule = {
  ...thingsModule,
  userAccess: {
    changedBy: [],
    find: () => async () => {
      await sleep(lookUpMs);
      return { status: 'active' as const, roles: builtInRoles };
    },
  },
};
const host = useListeningHost({ modules: [slowModule] });

const createAuthorization = async (): Promise<string> => `Bearer ${await host.current.signToken(createPrincipal())}`;

/** Sends a request and disconnects while the access of its user is looked up. */
const leaveEarly = async (text: string): Promise<void> => {
  const socket = await openSocket(host.port);
  socket.write(text);
  await sleep(lookUpMs / 3);
  socket.destroy();
  await sleep(lookUpMs * 2);
};

it('a client that disconnects during the look-up of its access receives no long response, and holds no place of one', async () => {
  for (let round = 0; round < 3; round += 1) {
    const authorization = await createAuthorization();
    const text = `GET /v1/thing-stream?endless=true HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\n\r\n`;
    await Promise.all([leaveEarly(text), leaveEarly(text)]);
    const response = await fetch(`${host.url}/v1/thing-stream`, { headers: { authorization } });
    expect([round, response.status]).toEqual([round, 200]);
    await response.text();
  }
});

it('a client that disconnects during the look-up of its access, before its body, leaves nothing in memory', async () => {
  const head = 'POST /v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n';
  const before = queryObjects(IncomingMessage, { format: 'count' });
  await Promise.all(
    Array.from({ length: 50 }, async () => leaveEarly(`${head}Authorization: ${await createAuthorization()}\r\n\r\n{`)),
  );
  // Those of keep-alive connections may be new.
  expect(queryObjects(IncomingMessage, { format: 'count' }) - before).toBeLessThan(10);
});
