export { createSerializer } from '../http/serialize.ts';
export { describeRefusals } from './describe-refusals.ts';
export {
  type Caller,
  openTestHost,
  type TestHost,
  type TestHostOptions,
  type TestResponse,
} from './test-host.ts';
export {
  type CallInput,
  type CallOptions,
  oneWinner,
  race,
  sortStatuses,
  type TestedModule,
  type TestTenant,
  useModule,
} from './use-module.ts';
export { assertCovered, type CoverOptions, useTestHost } from './use-test-host.ts';
