/** The levels, from the most to the least talkative. */
export type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** What is known beside the event. Anything may be given: it is redacted, bounded and made plain first. */
export type Fields = { readonly [name: string]: unknown };

/** The ids that every line of a request carries. */
export type LineIds = {
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly actorId?: string | undefined;
};

/** One served request. `route` is the path of the contract (`/v1/users/:id`), never the path that was asked for. */
export type RequestLine = LineIds & {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
};

/**
 * Writes one event with its fields; `event` is a kebab-case name (`user-created`), never a sentence with values in it.
 * The type lets lower-case words in and keeps computed strings out.
 */
export type Log = (event: Lowercase<string>, fields?: Fields) => void;

/** A line, whole and ending with a line feed; or what makes it, for a destination that holds lines back and makes them together. */
export type Line = string | (() => string);

/** Where lines go. */
export type Destination = {
  write(line: Line): unknown;
  /** Writes out what is held back, before it returns. */
  flush?(): void;
};

/** JSON lines, named by their event. */
export type Logger = { readonly [L in Level]: Log } & {
  /** The same logger with fields that stand on all its lines; fields of a line win over them. */
  child(fields: Fields & LineIds): Logger;
  /** The line of a served request, made by hand because every request pays for it; `child` fields are not on it. */
  request(line: RequestLine): void;
  /** Writes out what the destination holds back. */
  flush(): void;
};
