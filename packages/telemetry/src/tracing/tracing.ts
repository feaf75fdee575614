import type { CommandObserver, Trace, TraceBatch } from '@plinth/data-kit';

/** A request whose trace may be recorded. */
export type TracedRequest = {
  readonly method: string;
  /** The path of the contract, never the path that was requested. */
  readonly route: string;
  /** The trace that the request belongs to. */
  readonly trace: Trace;
  /** True when `trace` was received with the request: its span is then the parent. */
  readonly isJoined: boolean;
};

/** The span of a request. */
export type RequestSpan = {
  /** The trace of the request with the id of this span, for everything that the request sends and stores. */
  readonly trace: Trace;
  /** Runs the handling of the request, so that its commands to MongoDB and Redis are child spans. */
  run(handle: () => void): void;
  end(outcome: { readonly status: number; readonly code?: string | undefined }): void;
};

/** A message that a consumer handles. */
export type ReceivedMessage = {
  /** The name of the queue: `<module>.<consumer>`. */
  readonly consumer: string;
  /** The trace of the commit that sent the message. */
  readonly trace: Trace;
};

/** The span of an attempt to handle a message. */
export type MessageSpan = {
  /** The trace of the message with the id of this span, for everything that the consumer sends and stores. */
  readonly trace: Trace;
  /** Runs the consumer, so that its commands and outgoing calls are child spans. */
  run<T>(handle: () => Promise<T>): Promise<T>;
  end(outcome: { readonly isError: boolean }): void;
};

/** An HTTP request to another system. `target` is the name of that system here. */
export type OutgoingCall = { readonly target: string; readonly method: string; readonly url: URL };

/** The span of an outgoing call. */
export type CallSpan = {
  /** The header by which the other system continues the trace. */
  readonly traceparent: string;
  /** Ends the span with the status of the response, or with the kind of its error. */
  end(result: number | 'timeout' | 'failed'): void;
};

/** How many spans the collector accepted, and how many were dropped or refused. */
export type SpanCounts = { readonly sent: number; readonly lost: number };

export type Tracing = {
  /** Starts the span of a request. Returns undefined when its trace is not recorded. */
  startRequest(request: TracedRequest): RequestSpan | undefined;
  /** Starts the span of an attempt to handle a message. Returns undefined when its trace is not recorded. */
  startMessage(message: ReceivedMessage): MessageSpan | undefined;
  /** Records a span of shared work in the trace of each request. Work for a single request has no span of its own. */
  readonly traceBatch: TraceBatch;
  /** Records a span of a command that is sent for a request. */
  readonly onCommand: CommandObserver;
  /** Starts the span of an outgoing call. Returns undefined when it belongs to no recorded trace. */
  startCall(call: OutgoingCall): CallSpan | undefined;
  counts(): SpanCounts;
  /** Sends the buffered spans, or gives up after some seconds. */
  stop(): Promise<void>;
};
