import { openTestDatastore } from '@plinth/mongo/testing';
import { useTestHost } from '@plinth/service-kit/testing';
import { anId, aPrincipal } from '@plinth/testing';
import { usersModule } from '../src/module.ts';

/** The users service on a database of its own. */
export const useUsers = (covers: { readonly covers?: string } = {}) => {
  const host = useTestHost(async () => ({ modules: [usersModule], datastore: await openTestDatastore() }), covers);
  return {
    get nobody() {
      return host.current.nobody;
    },
    get lines() {
      return host.current.lines;
    },
    /** Somebody of a new tenant, or of the one that is given. */
    someone: (role: string, tenantId = anId()) => host.current.as(aPrincipal({ tenantId, roles: [role] })),
    as: (subject: { id: string; tenantId: string; roles: readonly string[] }) => host.current.as(subject),
  };
};

let made = 0;

/** A body for `POST /v1/users` that nobody has used yet. */
export const aNewUser = (overrides: object = {}) => {
  made += 1;
  return { name: `Person ${made}`, email: `person-${made}@test.example`, role: 'member', ...overrides };
};
