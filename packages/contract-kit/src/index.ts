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
export { defineEvents, type EventDefinition } from './catalogues/events.ts';
export {
  type BuiltInRole,
  builtInRoles,
  definePermissions,
  type PermissionCatalogue,
  type PermissionName,
  type PermissionSpec,
} from './catalogues/permissions.ts';
export { tokensRevoked } from './catalogues/tokens-revoked.ts';
export { toCacheControl } from './routes/cache.ts';
export type { ValidateRoute } from './routes/check-route.ts';
export { type Contract, defineContract, type Routes } from './routes/contract.ts';
export { defineRoute } from './routes/route.ts';
export {
  type Auth,
  type Cache,
  type ExpectedVersions,
  getSuccess,
  type InputOf,
  type Method,
  type OutputOf,
  type RouteSpec,
  type SuccessStatus,
} from './routes/route-spec.ts';
export { classifiedFields, type DataClass, dataClasses, pii, secret } from './schemas/data-class.ts';
export { IsoDate } from './schemas/iso-date.ts';
export {
  defineListQuery,
  definePage,
  getListCombinations,
  getListItem,
  type ListInput,
  type ListOutput,
} from './schemas/list-query.ts';
export { toMergePatch } from './schemas/merge-patch.ts';
export { Id, MultiLineText, NoContent, SingleLineText } from './schemas/text.ts';
