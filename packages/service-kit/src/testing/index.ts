export {
  type Answer,
  type Caller,
  declaredStatusesOf,
  openTestHost,
  type TestHost,
  type TestHostOptions,
} from './test-host.ts';
export { useTestHost } from './use-test-host.ts';
