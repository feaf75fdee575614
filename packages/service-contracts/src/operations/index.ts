export { jobsContract, jobsErrors, jobsPermissions } from '@plinth/contract-kit';
