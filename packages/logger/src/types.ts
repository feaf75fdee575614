/** The levels, from the most to the least verbose. */
export type Level = 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** The fields of a line. Any value is allowed: it is redacted, limited in size and converted to JSON. */
export type Fields = { readonly [name: string]: unknown };

/** A request that has been served. */
export type RequestLine = {
  readonly method: string;
  /** The path of the contract (`/v1/users/:id`), never the path that was requested. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly actorId?: string | undefined;
};

/**
 * Writes one event with its fields; `event` is a kebab-case name (`user-created`), never a sentence that contains
 * values. The type accepts lower-case words and rejects computed strings.
 */
export type Log = (event: Lowercase<string>, fields?: Fields) => void;

/** A place to write lines to. */
export type Destination = {
  /** @param line ends with a line feed. */
  write(line: string): void;
  /** Writes the buffered lines before it returns. */
  flush?(): void;
};

/** Writes JSON lines, named by their event. */
export type Logger = { readonly [L in Level]: Log } & {
  /** Writes the line of a served request: an error from status 500 on. */
  request(line: RequestLine): void;
  /** Writes an event of the security stream, `"stream":"security"`, whatever the level of the logger is. */
  readonly security: Log;
  /** Writes the lines that the destination has buffered. */
  flush(): void;
};
