import { quote } from './json-line.ts';
import type { RequestLine } from './logger-port.ts';

type LineOptions = { readonly service: string; readonly isoTime: (ms: number) => string };

// Routes come from contracts, so there are few; the bound is for a caller that passes paths by mistake.
const routesMax = 2000;

const idField = (name: string, id: string | undefined): string =>
  id === undefined || id === '' ? '' : `,"${name}":${quote(id)}`;

const rounded = (durationMs: number): number =>
  Number.isFinite(durationMs) ? Math.round(durationMs * 1000) / 1000 : 0;

/** Makes the lines of requests that were served at a time, by hand, because every request pays for one. */
export const createRequestLine = ({ service, isoTime }: LineOptions): ((line: RequestLine, ms: number) => string) => {
  // By method and then by route: one key of both would be a new string for each request.
  const methods = new Map<string, Map<string, string>>();
  const routeField = (method: string, route: string): string => {
    const routes = methods.get(method) ?? new Map<string, string>();
    const known = routes.get(route);
    if (known !== undefined) return known;
    methods.set(method, routes);
    const made = `,"method":${quote(method)},"route":${quote(route)},"status":`;
    if (routes.size < routesMax) routes.set(route, made);
    return made;
  };
  const head = `","service":${quote(service)},"event":"request-served"`;
  return (line, ms) => {
    const level = line.status >= 500 ? 'error' : 'info';
    const request = `${routeField(line.method, line.route)}${Math.trunc(line.status) || 0}`;
    const duration = `,"durationMs":${rounded(line.durationMs)}`;
    const trace = idField('requestId', line.requestId) + idField('traceId', line.traceId);
    const caller = idField('tenantId', line.tenantId) + idField('actorId', line.actorId);
    return `{"level":"${level}","time":"${isoTime(ms)}${head}${request}${duration}${trace}${caller}}\n`;
  };
};
