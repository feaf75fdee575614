// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import { identitiesContract, sessionsContract } from '@plinth/service-contracts/identity';

export const identityContracts = [identitiesContract, sessionsContract];
