export {
  jobsContract,
  jobsErrors,
  jobsPermissions,
  operationsContract,
  operationsErrors,
  operationsPermissions,
} from '@plinth/contract-kit';
