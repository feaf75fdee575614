import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { getFreePort } from './free-port.ts';

it('a free port refuses connections', async () => {
  const [error] = await once(connect(await getFreePort(), '127.0.0.1'), 'error').catch((cause: unknown) => [cause]);
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});
