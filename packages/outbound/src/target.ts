import type { CallSpan, Tracing } from '@plinth/telemetry';
import { CircuitState, isBrokenCircuitError } from 'cockatiel';
import { createBreaker, createRetries, isFailure, isRepeatable } from './policies.ts';
import { type TargetOptions, targetDefaults } from './target-options.ts';

/** `refused` is a response from 400 on that says the request is at fault. */
export type CallResult = 'succeeded' | 'refused' | 'failed' | 'timeout' | 'rejected';

export type TargetState = 'closed' | 'half-open' | 'open';

/** A system that is called over HTTP. As a dependency of a process it is optional: without it the process is degraded. */
export type OutboundTarget = {
  readonly name: string;
  readonly required: false;
  /**
   * Sends a request, and resolves with the whole response, whatever its status. A redirect is not followed. Requests that may be repeated,
   * by their method or an `Idempotency-Key`, are repeated after network errors, timeouts, 429 and 5xx.
   * @throws `BrokenCircuitError` without a request while the breaker is open, and the error of `fetch` of the last attempt, or
   * that its body is too large.
   */
  readonly fetch: typeof fetch;
  readonly counts: Readonly<Record<CallResult, number>>;
  getState(): TargetState;
  /** @throws while the breaker is open, which lasts until a later call succeeds. */
  check(): Promise<void>;
};

const stateNames: Readonly<Record<CircuitState, TargetState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
};

const statusesWithoutBody = [204, 205, 304];

/** Reads the body, so that the time limit includes it. @throws when it is too large, and reads no more of it. */
const readWhole = async (response: Response, bodyBytesMax: number): Promise<Response> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > bodyBytesMax) throw new Error(`The response has a body of more than ${bodyBytesMax} bytes.`);
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const { status, statusText, headers } = response;
  return new Response(statusesWithoutBody.includes(status) ? null : body, { status, statusText, headers });
};

type AttemptOptions = {
  readonly timeoutMs: number;
  readonly bodyBytesMax: number;
  readonly span: CallSpan | undefined;
};

const send = async (request: Request, { timeoutMs, bodyBytesMax, span }: AttemptOptions): Promise<Response> => {
  // A clone, because the body of a request can be sent once.
  const attempt = request.clone();
  if (span) attempt.headers.set('traceparent', span.traceparent);
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
  return readWhole(await fetch(attempt, { signal, redirect: 'manual' }), bodyBytesMax);
};

const toResult = (response: Response): CallResult => {
  if (isFailure(response)) return 'failed';
  return response.status >= 400 ? 'refused' : 'succeeded';
};

const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';

export type CreateTargetOptions = TargetOptions & { readonly startCall: Tracing['startCall'] | undefined };

export const createTarget = (name: string, { startCall, ...options }: CreateTargetOptions): OutboundTarget => {
  const settings = { ...targetDefaults, ...options };
  const breaker = createBreaker(settings);
  const { policy: retries, onCall } = createRetries(settings);
  const counts = { succeeded: 0, refused: 0, failed: 0, timeout: 0, rejected: 0 };
  const { timeoutMs, bodyBytesMax } = settings;

  const attempt = async (request: Request): Promise<Response> => {
    const span = startCall?.({ target: name, method: request.method, url: new URL(request.url) });
    try {
      const response = await send(request, { timeoutMs, bodyBytesMax, span });
      counts[toResult(response)] += 1;
      span?.end(response.status);
      return response;
    } catch (error) {
      const kind = isTimeout(error) ? 'timeout' : 'failed';
      counts[kind] += 1;
      span?.end(kind);
      throw error;
    }
  };
  const call = (request: Request): Promise<Response> => breaker.execute(() => attempt(request));

  return {
    name,
    required: false,
    counts,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      onCall();
      try {
        return await (isRepeatable(request) ? retries.execute(() => call(request), request.signal) : call(request));
      } catch (error) {
        if (isBrokenCircuitError(error)) counts.rejected += 1;
        throw error;
      }
    },
    getState: () => stateNames[breaker.state],
    check: async () => {
      if (breaker.state !== CircuitState.Closed) throw new Error(`The last calls to ${name} have failed.`);
    },
  };
};
