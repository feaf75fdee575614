import {
  type ApiError,
  type Contract,
  commonErrors,
  type DeclaredError,
  getDeclaredErrors,
  getSuccess,
  hostErrors,
  type RouteSpec,
} from '@plinth/contract-kit';

export const isDeclared = (route: RouteSpec, error: ApiError): boolean => getDeclaredErrors(route).includes(error.spec);

/** Names a response: its status, and the code of an error. */
export const toResponseName = (status: number, code?: string): string =>
  code === undefined ? String(status) : `${status} ${code}`;

/** Returns the responses that the tests of a route have to cause: its success and each error, except those of the host. */
export const listTestedResponses = (route: RouteSpec): string[] => {
  const errors = getDeclaredErrors(route).filter((error) => !hostErrors.includes(error));
  return [
    toResponseName(getSuccess(route).status),
    ...errors.map(({ status, code }) => toResponseName(status, code)).toSorted(),
  ];
};

/** Returns the errors of the routes and `method-not-allowed`, each once, sorted by domain and code. */
export const listErrors = (contracts: readonly Contract[]): readonly DeclaredError[] => {
  const errors = contracts.flatMap(({ routes }) => Object.values(routes).flatMap(getDeclaredErrors));
  const byName = new Map(
    [...errors, commonErrors.methodNotAllowed.spec].map((error) => [`${error.domain}/${error.code}`, error]),
  );
  return [...byName.values()].sort(
    (left, right) => left.domain.localeCompare(right.domain) || left.code.localeCompare(right.code),
  );
};
