export { systemClock, systemIds } from './clock-and-ids.ts';
export { createHost, type HostParts } from './host.ts';
export { errorsOf } from './http/error-pages.ts';
export type { LimitParts, LimitPolicies } from './http/limits.ts';
export type { Dependency } from './http/operations.ts';
export { type Binding, implement } from './implement.ts';
export { defineModule, type Module, type ModuleDeps, type ModuleSpec, type ServiceOfAll } from './module.ts';
export { openApiOf } from './openapi/document.ts';
export {
  type Connection,
  type RunningService,
  runService,
  type ServiceConfig,
  type ServiceParts,
} from './run-service.ts';
export { serviceSettings } from './settings.ts';
