import type { DataClass } from '@plinth/contract-kit';
import { pino } from 'pino';
import { stdoutDestination } from './destination.ts';
import { createIsoTime, escapeLine } from './json-line.ts';
import type { Destination, Fields, Level, Log, Logger } from './logger-port.ts';
import { plainFields } from './plain.ts';
import { createRequestLine } from './request-line.ts';
import { scrub } from './scrub.ts';
import { createClassify } from './sensitive-names.ts';

/** How a process logs. */
export type LoggerOptions = {
  readonly level: Level;
  readonly service: string;
  /** From `classifiedFields` of the kernel: properties with these names are replaced at every depth. */
  readonly classified: ReadonlyMap<string, DataClass>;
  /** Standard output, a write for each line, unless given. */
  readonly destination?: Destination;
  /** Fields on every line, such as the version and the instance; not on the lines of requests. */
  readonly base?: Fields;
  /** Epoch milliseconds, for tests that hold the time. */
  readonly now?: () => number;
};

// A field with one of these names would stand beside the line's own, and readers would believe the later one.
const reserved = new Set(['level', 'time', 'service', 'event']);

type PlainFields = Readonly<Record<string, unknown>>;
type Entry = { readonly event: string; readonly bound: () => PlainFields; readonly fields: Fields | undefined };
type Sink = { readonly write: (line: string) => void; readonly time: () => string };

const toRecord = (event: string, fields: PlainFields): Record<string, unknown> => {
  const record: Record<string, unknown> = Object.create(null);
  record['event'] = event;
  for (const [name, value] of Object.entries(fields)) record[reserved.has(name) ? `fields.${name}` : name] = value;
  return record;
};

const once = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

// pino writes what is safe already: it must neither look into errors again nor add fields of its own.
const createPino = ({ level, service, toPlain }: PinoOptions, { write, time }: Sink) =>
  pino(
    {
      level,
      base: { service: scrub(service) },
      timestamp: () => `,"time":"${time()}"`,
      serializers: { err: (value: unknown) => value },
      formatters: {
        level: (label) => ({ level: label }),
        log: (line) => {
          const { event, bound, fields } = line['entry'] as Entry;
          return toRecord(scrub(event), fields ? { ...bound(), ...toPlain(fields) } : bound());
        },
      },
    },
    { write },
  );

type PinoOptions = {
  readonly level: Level;
  readonly service: string;
  readonly toPlain: (fields: Fields) => PlainFields;
};

/** Makes the logger of a process. */
export const createLogger = (options: LoggerOptions): Logger => {
  const { level, service, classified, base = {}, now = Date.now } = options;
  const { destination = stdoutDestination({ buffered: false }) } = options;
  const classify = createClassify(classified);
  const toPlain = (fields: Fields): PlainFields => plainFields(fields, classify);
  const isoTime = createIsoTime();
  const write = (line: string): void => void destination.write(escapeLine(line));
  const lines = createPino({ level, service, toPlain }, { write, time: () => isoTime(now()) });
  const requestLine = createRequestLine({ service, isoTime });
  const enabled = { info: lines.isLevelEnabled('info'), error: lines.isLevelEnabled('error') };
  const flush = (): void => destination.flush?.();

  const withFields = (bound: () => PlainFields): Logger => {
    // The entry is wrapped so that pino cannot take the fields of a line for an HTTP request and reshape them.
    const at =
      (level: Level): Log =>
      (event, fields) =>
        lines[level]({ entry: { event, bound, fields } satisfies Entry });
    const fatal = at('fatal');
    return {
      debug: at('debug'),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
      fatal: (event, fields) => {
        fatal(event, fields);
        // The process is likely to end now, perhaps without running its exit handlers.
        flush();
      },
      // Made plain at the first line, because most requests write none but their own.
      child: (fields) => withFields(once(() => ({ ...bound(), ...toPlain(fields) }))),
      request: (line) => {
        if (!(line.status >= 500 ? enabled.error : enabled.info)) return;
        const ms = now();
        destination.write(() => requestLine(line, ms));
      },
      flush,
    };
  };
  return withFields(once(() => toPlain(base)));
};
