export {
  type Caller,
  getDeclaredStatuses,
  openTestHost,
  type TestHost,
  type TestHostOptions,
  type TestResponse,
} from './test-host.ts';
export { useTestHost } from './use-test-host.ts';
