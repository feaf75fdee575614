import type { CommandObserver, Trace, TraceBatch } from '@plinth/data-kit';

/** A request whose trace may be recorded. */
export type TracedCall = {
  readonly method: string;
  /** The path of the contract, never the one that was asked for. */
  readonly route: string;
  /** The trace that it belongs to. */
  readonly trace: Trace;
  /** True when `trace` came with the request, whose sender then is the parent. */
  readonly isJoined: boolean;
};

/** The span of a request. */
export type RequestSpan = {
  /** That of the request, with the id of this span: what it sends and stores carries it. */
  readonly trace: Trace;
  /** Runs what serves the request, so that its commands to MongoDB and Redis are spans below this one. */
  within(run: () => void): void;
  end(outcome: { readonly status: number; readonly code?: string | undefined }): void;
};

/** How many spans went out, and how many could not be sent. */
export type SpanCounts = { readonly sent: number; readonly lost: number };

/** Traces that are recorded. Where they are not, there is no such thing, and nothing of it runs. */
export type Tracing = {
  /** Begins the span of a request; none when its trace is not one of those that are recorded. */
  begin(call: TracedCall): RequestSpan | undefined;
  /**
   * Runs what is done for several calls at once, such as a commit that they share, and shows it in each of their traces.
   * What is done for one call alone is shown below its own span.
   */
  readonly together: TraceBatch;
  /** Makes a span of a command that is sent for a request. */
  readonly onCommand: CommandObserver;
  counts(): SpanCounts;
  /** Sends what is held back, or gives up after some seconds. */
  stop(): Promise<void>;
};
