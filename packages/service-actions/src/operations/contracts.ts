// Generated from the contracts by `npm run build`. Run it when this file does not compile.
import { jobsContract, operationsContract } from '@plinth/service-contracts/operations';

export const operationsContracts = [jobsContract, operationsContract];
