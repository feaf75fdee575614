// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import { auditContract } from '@plinth/service-contracts/audit';

export const auditContracts = [auditContract];
