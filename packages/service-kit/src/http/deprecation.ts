import type { RouteSpec } from '@plinth/contract-kit';

type Params = Readonly<Record<string, string>>;
type Headers = Readonly<Record<string, string>>;

const parseDate = (date: string, { method, path }: RouteSpec): Date => {
  const parsed = new Date(date);
  if (!Number.isNaN(parsed.getTime())) return parsed;
  throw new TypeError(`${method} ${path} is deprecated with '${date}', which is not a date. Write it as 2026-01-31.`);
};

const parameter = /:(\w+)/g;

/** Returns the path of the successor for the parameters of a request; undefined when the successor has other parameters. */
const findSuccessor = (
  { method, path, deprecated }: RouteSpec,
  routesById: ReadonlyMap<string, RouteSpec>,
): ((params: Params) => string) | undefined => {
  if (deprecated?.replacedBy === undefined) return undefined;
  const successor = routesById.get(deprecated.replacedBy);
  if (!successor) {
    throw new TypeError(
      `${method} ${path} is replaced by '${deprecated.replacedBy}', which no route is named. Write an operation id of this process.`,
    );
  }
  const own = [...path.matchAll(parameter)].map(([, name]) => name);
  const isFilled = [...successor.path.matchAll(parameter)].every(([, name]) => own.includes(name));
  if (!isFilled) return undefined;
  return (params) => successor.path.replace(parameter, (_, name: string) => encodeURIComponent(params[name] ?? ''));
};

/**
 * Creates the headers of every response of a deprecated route: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and `Link`, to the
 * reference and to the same resource of the successor (RFC 5829). Returns nothing for other routes.
 */
export const createDeprecationHeaders = (
  route: RouteSpec,
  routesById: ReadonlyMap<string, RouteSpec>,
): ((params: Params) => Headers) | undefined => {
  if (!route.deprecated) return undefined;
  const { since, sunset } = route.deprecated;
  const dates = {
    deprecation: `@${parseDate(since, route).getTime() / 1000}`,
    ...(sunset !== undefined && { sunset: parseDate(sunset, route).toUTCString() }),
  };
  const relations = sunset === undefined ? 'deprecation' : 'deprecation sunset';
  const reference = `</docs>; rel="${relations}"; type="text/html"`;
  const toSuccessor = findSuccessor(route, routesById);
  return (params) => ({
    ...dates,
    link: toSuccessor ? `${reference}, <${toSuccessor(params)}>; rel="successor-version"` : reference,
  });
};
