declare module 'autocannon' {
  type Request = { readonly method: 'GET'; readonly path: string; readonly headers: Readonly<Record<string, string>> };
  type Client = { setRequests(requests: readonly Request[]): void };
  type Options = {
    readonly url: string;
    readonly connections: number;
    /** In seconds. */
    readonly duration: number;
    readonly requests: readonly Request[];
    /** How many requests each connection makes at most. */
    readonly maxConnectionRequests: number;
    /** Milliseconds between the looks at whether to stop. */
    readonly sampleInt: number;
    readonly setupClient: (client: Client) => void;
  };
  type Run = Promise<unknown> & {
    on(
      event: 'response',
      listener: (client: Client, status: number, bytes: number, latencyMs: number) => void,
    ): unknown;
    on(event: 'reqError', listener: (error: Error) => void): unknown;
    stop(): void;
  };
  export default function autocannon(options: Options): Run;
}
