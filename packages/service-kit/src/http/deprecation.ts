import type { RouteSpec } from '@plinth/contract-kit';

const parseDate = (date: string, { method, path }: RouteSpec): Date => {
  const parsed = new Date(date);
  if (!Number.isNaN(parsed.getTime())) return parsed;
  throw new TypeError(`${method} ${path} is deprecated with '${date}', which is not a date. Write it as 2026-01-31.`);
};

/** Returns the headers of every response of a deprecated route: RFC 9745 and RFC 8594. */
export const getDeprecationHeaders = (route: RouteSpec): Readonly<Record<string, string>> => {
  if (!route.deprecated) return {};
  const { since, sunset } = route.deprecated;
  return {
    deprecation: `@${parseDate(since, route).getTime() / 1000}`,
    ...(sunset !== undefined && { sunset: parseDate(sunset, route).toUTCString() }),
  };
};
