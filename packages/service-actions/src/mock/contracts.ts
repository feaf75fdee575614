// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import { auditContracts } from '../audit/contracts.ts';
import { identityContracts } from '../identity/contracts.ts';
import { operationsContracts } from '../operations/contracts.ts';
import { ordersContracts } from '../orders/contracts.ts';
import { usersContracts } from '../users/contracts.ts';

export const contracts = [...auditContracts, ...identityContracts, ...operationsContracts, ...ordersContracts, ...usersContracts];
