import type { DataClass } from '@plinth/contract-kit';
import { pino, stdTimeFunctions } from 'pino';
import { sanitizeFields } from './redaction/sanitize.ts';
import { escapeLine, scrub } from './redaction/scrub.ts';
import { createClassify } from './redaction/sensitive-names.ts';
import type { Destination, Fields, Level, Log, Logger, RequestLine } from './types.ts';

export type LoggerOptions = {
  readonly level: Level;
  readonly service: string;
  /** From `classifiedFields`: properties with these names are redacted at every depth. */
  readonly classified: ReadonlyMap<string, DataClass>;
  readonly destination: Destination;
};

// With a field of one of these names, the JSON line would have two properties of that name, and parsers use the last one.
const reserved = new Set(['level', 'time', 'service', 'stream', 'event']);

type LineRecord = Readonly<Record<string, unknown>>;
/** Wrapped, so that pino builds no record for a disabled level and cannot take the fields for an HTTP request. */
type Entry = { readonly createRecord: () => LineRecord };

const renameReserved = (fields: LineRecord): LineRecord =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [reserved.has(name) ? `fields.${name}` : name, value]),
  );

const toId = (id: string | undefined): string | undefined => (id ? scrub(id) : undefined);

/** Its fields are ids and names without a data class, so they are scrubbed only. */
const toRequestRecord = (line: RequestLine): LineRecord => ({
  event: 'request-served',
  method: scrub(line.method),
  route: scrub(line.route),
  status: line.status,
  durationMs: Math.round(line.durationMs * 1000) / 1000,
  requestId: toId(line.requestId),
  traceId: toId(line.traceId),
  tenantId: toId(line.tenantId),
  actorId: toId(line.actorId),
});

const createPino = ({ level, service, destination }: LoggerOptions) => {
  const stream = {
    write: (line: string) => destination.write(escapeLine(line)),
    // pino calls it after a fatal line, because the process may end without its exit handlers.
    flushSync: () => destination.flush?.(),
  };
  const options = {
    level,
    base: { service: scrub(service) },
    timestamp: stdTimeFunctions.isoTime,
    // Errors are sanitized already, and pino's own serializer would show more of them.
    serializers: { err: (err: unknown) => err },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (entry: object) => (entry as Entry).createRecord() as Record<string, unknown>,
    },
  };
  return pino(options, stream);
};

/** Creates the logger of a process. */
export const createLogger = (options: LoggerOptions): Logger => {
  const classify = createClassify(options.classified);
  const lines = createPino(options);
  // With a level of its own, so that LOG_LEVEL hides no security event.
  const securityLines = lines.child({ stream: 'security' }, { level: 'info' });
  const createRecord = (event: string, fields: Fields = {}): LineRecord => ({
    event: scrub(event),
    ...renameReserved(sanitizeFields(fields, classify)),
  });
  const createLog =
    (level: Level): Log =>
    (event, fields) =>
      lines[level]({ createRecord: () => createRecord(event, fields) } satisfies Entry);
  return {
    debug: createLog('debug'),
    info: createLog('info'),
    warn: createLog('warn'),
    error: createLog('error'),
    fatal: createLog('fatal'),
    request: (line) =>
      lines[line.status >= 500 ? 'error' : 'info']({ createRecord: () => toRequestRecord(line) } satisfies Entry),
    security: (event, fields) =>
      securityLines.info({ createRecord: () => createRecord(event, fields) } satisfies Entry),
    flush: () => options.destination.flush?.(),
  };
};
