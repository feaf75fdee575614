import type { TokenSubject } from '@plinth/auth';
import { createPrincipal } from '@plinth/testing';
import { beforeAll } from 'vitest';
import { type TestHost, type TestHostOptions, useTestHost } from '../src/testing/index.ts';
import { fakeDatastore } from './fake-datastore.ts';
import { thingsModule } from './things.ts';

type ListeningHost = {
  readonly current: TestHost;
  readonly port: number;
  readonly url: string;
  readonly subject: TokenSubject;
  /** The credential of `subject`. */
  readonly authorization: string;
};

/** Opens a host of things that listens on a port, for the tests of a file. */
export const useListeningHost = (options: Partial<TestHostOptions> = {}): ListeningHost => {
  const host = useTestHost(async () => ({ modules: [thingsModule], datastore: fakeDatastore(), ...options }));
  const subject = createPrincipal();
  let port = 0;
  let authorization = '';
  beforeAll(async () => {
    await host.current.server.listen({ host: '127.0.0.1', port: 0 });
    ({ port } = host.current.server.server.address() as { port: number });
    authorization = `Bearer ${await host.current.signToken(subject)}`;
  });
  return {
    subject,
    get current() {
      return host.current;
    },
    get port() {
      return port;
    },
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    get authorization() {
      return authorization;
    },
  };
};
