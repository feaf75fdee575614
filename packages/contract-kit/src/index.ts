export { commonErrors } from './catalogues/common-errors.ts';
export {
  type AnyErrorFactory,
  ApiError,
  type DeclaredError,
  defineErrors,
  type ErrorCatalogue,
  type ErrorFactory,
  type ErrorOptions,
  type ErrorSpec,
  type ErrorStatus,
  type FieldError,
} from './catalogues/errors.ts';
export { type EventVersions, firstVersion, type PayloadOf } from './catalogues/event-versions.ts';
export { defineEvents, type EarlierVersion, type EventDefinition, toEventType } from './catalogues/events.ts';
export { type StoredPayload, toNewestPayload } from './catalogues/newest-payload.ts';
export {
  type BuiltInRole,
  builtInRoles,
  customRole,
  definePermissions,
  type PermissionCatalogue,
  type PermissionName,
  type PermissionSpec,
} from './catalogues/permissions.ts';
export { type Problem, type ProblemContext, toProblem } from './catalogues/problem.ts';
export { sessionEnded, tokensRevoked } from './catalogues/tokens-revoked.ts';
export { DeadMessage, Job } from './operations/job.ts';
export { jobsContract, jobsErrors, jobsPermissions } from './operations/jobs.ts';
export {
  Operation,
  OperationError,
  OperationId,
  OperationStatus,
  operationErrorsMax,
} from './operations/operation.ts';
export { operationsContract, operationsErrors, operationsPermissions } from './operations/operations.ts';
export { toCacheControl } from './routes/cache.ts';
export type { ValidateRoute } from './routes/check-route.ts';
export { type Contract, defineContract, type Lifecycle, type Routes } from './routes/contract.ts';
export { type DeclaredErrorOf, getDeclaredErrors, hostErrors } from './routes/declared-errors.ts';
export { defineRoute } from './routes/route.ts';
export {
  acceptsIdempotencyKey,
  hasVersion,
  isOfPlatform,
  requiresIdempotencyKey,
  requiresVersion,
} from './routes/route-rules.ts';
export {
  type Auth,
  type Cache,
  type Deprecation,
  type ExpectedVersions,
  getSuccess,
  type InputOf,
  type Method,
  type OutputOf,
  type RouteSpec,
  type SuccessStatus,
  type Upload,
  type UploadSpec,
} from './routes/route-spec.ts';
export { classifiedFields, type DataClass, dataClasses, pii, secret } from './schemas/data-class.ts';
export { Email } from './schemas/email.ts';
export { invalidFields, toFieldMessage, toInvalidRequest } from './schemas/invalid-fields.ts';
export { IsoDate } from './schemas/iso-date.ts';
export {
  defineListQuery,
  definePage,
  filterValuesMax,
  getListCombinations,
  getListItem,
  getListSpec,
  type ListInput,
  type ListOutput,
  QueryInteger,
} from './schemas/list-query.ts';
export { applyMergePatch, type MergePatch, toMergePatch } from './schemas/merge-patch.ts';
export { Amount, Currency, Money } from './schemas/money.ts';
export { resourceExample, resourceFields } from './schemas/resource.ts';
export { getRules, type Rule, withRule } from './schemas/rules.ts';
export { Id, MultiLineText, NoContent, SingleLineText } from './schemas/text.ts';
