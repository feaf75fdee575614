export { type AsyncApiOptions, createAsyncApi, listEvents } from './asyncapi/document.ts';
export { systemClock, systemIds } from './clock-and-ids.ts';
export { databaseSettings } from './database-settings.ts';
export { listErrors } from './http/declared-errors.ts';
export type { Serialization } from './http/serialize.ts';
export { type Binding, implement } from './implement.ts';
export {
  defineModule,
  type EventCatalogue,
  type Module,
  type ModuleDeps,
  type ModuleSpec,
  type ServiceOfAll,
  type TokenIssuer,
  type UserAccessSource,
} from './module.ts';
export { createOpenApi } from './openapi/document.ts';
export { type ContractOwner, listContractOwners } from './operations/job-routes.ts';
export type { Dependency } from './plugins/health.ts';
export type { RateLimitPolicies, RateLimitPolicy, RateLimits } from './plugins/rate-limit.ts';
export {
  type LocalPorts,
  listLocalPortSettings,
  listPortSettings,
  type ModulePorts,
  openLocalPorts,
  openPorts,
  type PortDeps,
} from './ports.ts';
export { checkSettings } from './production/check-settings.ts';
export {
  type Connection,
  type RunningService,
  runService,
  type ServiceOptions,
} from './run-service.ts';
export { createServer, type Server, type ServerOptions } from './server.ts';
export { type ServiceConfig, serviceSettings } from './settings.ts';
export { signingSettings, verificationSettings } from './signing-settings.ts';
export { runWorker, type WorkerHostOptions } from './worker/run-worker.ts';
export { createWorker, type Worker, type WorkerOptions } from './worker/worker.ts';
export { ownWorkerSettings, toWorkerSettings, type WorkerConfig, workerSettings } from './worker/worker-settings.ts';
