import { ApiError, type RouteSpec } from '@plinth/contract-kit';
import { platformTenantId, UniqueViolation } from '@plinth/data-kit';
import type { TestDatastore } from '@plinth/mongo/testing';
import { type Module, systemClock, systemIds } from '@plinth/service-kit';
import { identityModule } from '@plinth/svc-identity/module';
import { createContext, createId } from '@plinth/testing';
import { localPorts } from '../../local-ports.ts';
import { getExample } from './routes.ts';

type Ports = Awaited<ReturnType<NonNullable<typeof identityModule.localPorts>['open']>>;

const identityPorts = localPorts['identity'] as Ports;

/** Returns the example of the body of an operation. */
const getBody = (operation: string): Readonly<Record<string, unknown>> =>
  getExample(
    identityModule.contracts
      .flatMap((contract) => Object.entries<RouteSpec>(contract.routes))
      .find(([name]) => name === operation)?.[1].body,
  );

/** The ports of all modules, except that the token of every link is valid: an example has no real one. */
export const derivedPorts: Readonly<Record<string, object>> = {
  ...localPorts,
  identity: {
    ...identityPorts,
    linkTokens: { ...identityPorts.linkTokens, read: (token: string) => token.split('.')[0] },
  },
};

/** The identity of the example of a sign-in. */
export const exampleIdentityId = createId();

const ignoreExisting = (error: unknown): void => {
  if (error instanceof UniqueViolation || (error instanceof ApiError && error.status === 409)) return;
  throw error;
};

type Opened = { readonly modules: readonly Module[]; readonly datastore: TestDatastore };

/** Stores what the examples of the identity domain name: an identity, a link and a session. Safe to repeat, also when they were used. */
export const addExampleIdentity = async ({ modules, datastore }: Opened): Promise<void> => {
  if (!modules.includes(identityModule)) return;
  const { collections, unitOfWork } = datastore.open(identityModule, { clock: systemClock, ids: systemIds });
  const { identities, links, sessions } = collections;
  const run = async (work: (ctx: ReturnType<typeof createContext>) => void): Promise<void> => {
    const ctx = createContext({ tenantId: platformTenantId });
    await unitOfWork.run(ctx, async () => work(ctx), { operation: 'addExampleIdentity' }).catch(ignoreExisting);
  };
  const at = new Date();
  const { email, password } = getBody('signIn') as { email: string; password: string };
  const passwordHash = await identityPorts.passwords.hash(password);
  await run((ctx) => identities.for(ctx).insert({ email, passwordHash }, { id: exampleIdentityId, at }));
  const [linkId = ''] = String(getBody('verifyEmail')['token']).split('.');
  await run((ctx) =>
    links.for(ctx).insert({ purpose: 'sign-up', email: `${createId()}@acme.example` }, { id: linkId, at }),
  );
  const [sessionId = '', , secret = ''] = String(getBody('refreshSession')['refreshToken']).split('.');
  const unused = {
    status: 'active' as const,
    tokenHash: identityPorts.refreshSecrets.hash(secret),
    generation: 0,
    rotatedAt: at,
  };
  const endsAt = new Date(at.getTime() + 60 * 60_000);
  await run((ctx) => sessions.for(ctx).insert({ ...unused, identityId: createId(), endsAt }, { id: sessionId, at }));
  const conflict = new Error('The session of the example does not exist.') as never;
  await run((ctx) => sessions.for(ctx).updateWhere({ _id: sessionId }, { $set: unused }, conflict));
};
