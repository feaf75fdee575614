// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import { ordersContracts } from '../orders/contracts.ts';
import { usersContracts } from '../users/contracts.ts';

export const contracts = [...ordersContracts, ...usersContracts];
