import { generateSigningKey } from '@plinth/auth';
import { openTestDatastore } from '@plinth/mongo/testing';
import type { identitiesContract, sessionsContract } from '@plinth/service-contracts/identity';
import { type TestResponse, useModule } from '@plinth/service-kit/testing';
import { createId } from '@plinth/testing';
import { identityModule } from '../src/module.ts';
import { openLocalPorts } from '../src/open-ports.ts';
import { createPasswords } from '../src/passwords.ts';

export const password = 'three uncommon words';

const secret = 'a secret of the tests, with 1234567890 digits';

/** Hashes that cost next to nothing, and weaker ones than those. */
const [strong, weak] = await Promise.all([64, 32].map((memoryKib) => createPasswords({ memoryKib, passes: 1 })));

export const ports = {
  ...(await openLocalPorts({
    IDENTITY_SIGNING_KEY: await generateSigningKey(),
    IDENTITY_SECRET: secret,
    PASSWORD_MEMORY_KIB: 64,
    PASSWORD_PASSES: 1,
    AUTH_ISSUER: 'plinth-test',
    AUTH_AUDIENCE: 'plinth-test-api',
  })),
};

type Contract = typeof identitiesContract | typeof sessionsContract;

/** Opens the identity service on a separate database. */
export const useIdentity = (covers?: Contract, unreachable: readonly string[] = []) => {
  const passwords = { ...strong! };
  const service = useModule({
    module: identityModule,
    openDatastore: openTestDatastore,
    localPorts: { ...ports, passwords },
    covers,
    unreachable,
  });
  const post = (url: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<TestResponse> =>
    service.host.anonymous.post(url, body, headers);
  const stored = (collection: string) => service.datastore.raw('identity', collection).all();
  const identity = {
    service,
    post,
    stored,
    signUp: (email: string) => post('/v1/sign-ups', { email }),
    /** Returns the token of the newest link to an address, as its message has it. */
    findLinkToken: async (email: string): Promise<string> => {
      const link = (await stored('links')).filter((each) => each['email'] === email).at(-1);
      return ports.linkTokens.create(String(link?.['_id']));
    },
    verify: (token: string, chosen: unknown = password) => post('/v1/email-verifications', { token, password: chosen }),
    signIn: (email: string, given: string = password) => post('/v1/sessions', { email, password: given }),
    refresh: (refreshToken: string) => post('/v1/session-refreshes', { refreshToken }),
    /** Creates an identity with a new address, and returns the address. */
    createIdentity: async ({ isWeak = false } = {}): Promise<string> => {
      const email = `${createId()}@acme.example`;
      await identity.signUp(email);
      if (isWeak) passwords.hash = weak!.hash;
      await identity.verify(await identity.findLinkToken(email));
      passwords.hash = strong!.hash;
      return email;
    },
    /** Sends a request with an access token. */
    as: (accessToken: string, method: string, url: string, { body, ...headers }: Record<string, unknown> = {}) =>
      service.host.anonymous.send({
        method,
        url,
        body,
        headers: { authorization: `Bearer ${accessToken}`, ...(headers as Record<string, string>) },
      }),
    /** Returns the events that were committed, by their names. */
    listEvents: async (name: string) =>
      (await stored('journal'))
        .flatMap(({ events }) => events as { name: string; aggregateId: string; payload: object }[])
        .filter((event) => event.name === name),
  };
  return identity;
};
