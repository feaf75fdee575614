import type { ServiceOf } from '@plinth/data-kit';
import type { identitiesContract, sessionsContract } from '@plinth/service-contracts/identity';

export type { AccessTokenSubject, AccessTokens, Links, LinkTokens, Passwords, RefreshSecrets } from './ports.ts';

export type IdentitiesService = ServiceOf<typeof identitiesContract>;
export type SessionsService = ServiceOf<typeof sessionsContract>;
