import type { Api, CachedResponse } from './api.ts';
import { type AnyFailure, toFailure } from './problem.ts';

/** Reads the items of a stream. */
export type ReadItems = (
  body: ReadableStream<Uint8Array> | null,
  signal: AbortSignal | undefined,
) => AsyncIterable<unknown>;

/** A route as its generated function knows it. */
export type RouteConstants = {
  /** `GET /v1/users/:id`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly isPublic?: boolean;
  /** Given for a stream. Other routes leave it out, so that a client without streams does not bundle its code. */
  readonly readItems?: ReadItems;
};

export type AnyResult =
  | AnyFailure
  | {
      readonly ok: true;
      readonly status: number;
      readonly data: unknown;
      readonly etag: string | null;
      readonly requestId: string | null;
    };

export type ReadOptions = {
  readonly api: Api;
  readonly route: RouteConstants;
  readonly cached: CachedResponse | undefined;
  /** Keeps the response of a read. */
  readonly keep: (response: CachedResponse) => void;
  /** The signal of the caller. */
  readonly signal: AbortSignal | undefined;
};

/** Converts a response to a result. Rejects when the connection ends before the body does. */
export const readResponse = async (response: Response, options: ReadOptions): Promise<AnyResult> => {
  const { api, route, cached, keep, signal } = options;
  const { status, headers, ok } = response;
  const etag = headers.get('etag');
  const success = { ok: true, status, etag, requestId: headers.get('x-request-id') } as const;
  if (headers.has('deprecation')) api.noteDeprecation(route.name, headers.get('sunset'));
  if (ok && route.readItems) return { ...success, data: route.readItems(response.body, signal) };
  const isValid = status === 304 && cached !== undefined;
  const text = isValid ? cached.text : await response.text();
  try {
    const data = text ? JSON.parse(text) : undefined;
    if (ok || isValid) {
      if (etag) keep({ etag, text });
      return { ...success, status: ok ? status : 200, data };
    }
    // Only problems of the API say what to do next.
    if (data.fix) return { ok, status, problem: data };
  } catch {
    // A proxy may respond with an HTML page.
  }
  return toFailure('unexpected-response', status);
};
