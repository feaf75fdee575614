import type { AddressInfo } from 'node:net';
import { describeContract } from '@plinth/service-actions/testing';
import { createId } from '@plinth/testing';
import { afterAll, beforeAll, describe } from 'vitest';
import { openPlatform } from './host.ts';

let platform: Awaited<ReturnType<typeof openPlatform>>;
let baseUrl: string;
beforeAll(async () => {
  platform = await openPlatform();
  await platform.host.server.listen({ host: '127.0.0.1', port: 0 });
  baseUrl = `http://127.0.0.1:${(platform.host.server.server.address() as AddressInfo).port}`;
});
afterAll(() => platform.host.close());

// The mock of packages/service-actions runs the same suite.
describe('the platform', () =>
  describeContract(() => ({
    baseUrl,
    createToken: () => platform.host.signToken({ id: createId(), tenantId: createId(), roles: ['owner'] }),
  })));
