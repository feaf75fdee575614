export { type Answer, type Caller, openTestHost, type TestHost, type TestHostOptions } from './test-host.ts';
export { useTestHost } from './use-test-host.ts';
