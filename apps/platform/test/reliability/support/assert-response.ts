import type { RawRequest, RawResponse } from '@plinth/testing';

/** A fault of one response, with its request. */
export type Finding = { readonly wrong: string; readonly request: string; readonly response: string };

export type Exchanged = { readonly request: RawRequest; readonly response: RawResponse };

type Expectations = {
  readonly withinMs: number;
  /** The expected statuses; by default any below 500. */
  readonly statuses?: readonly number[] | undefined;
};

const charsMax = 300;
const shorten = (text: string): string => text.slice(0, charsMax);

const toFinding = (wrong: string, { request, response }: Exchanged): Finding => {
  const { method, path, headers = [], body = '' } = request;
  const notableHeaders = headers.filter(
    ([name]) => !/^(?:authorization|if-match)$/i.test(name) || headers.length === 1,
  );
  return {
    wrong,
    request: shorten(
      JSON.stringify({ method, path: shorten(path), body: shorten(body.toString('utf8')), headers: notableHeaders }),
    ),
    response: shorten(`${response.status} in ${Math.round(response.ms)} ms: ${response.text}`),
  };
};

export const isSuccess = ({ status }: RawResponse): boolean => status >= 200 && status < 300;

const parseJson = (text: string): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
};

/** Traces of the implementation: stacks, files, drivers. */
const internals = /\bat .{1,80}:\d+:\d+|node_modules|\.ts:\d|MongoError|MongoServer|ioredis|\bE11000\b/;

/** True for an RFC 9457 problem with all members that the API promises. */
export const isProblem = ({ status, headers, text }: RawResponse): boolean => {
  const problem = parseJson(text);
  return (
    headers['content-type'] === 'application/problem+json; charset=utf-8' &&
    problem?.['status'] === status &&
    typeof problem['fix'] === 'string' &&
    /^[a-z]+(?:-[a-z]+)*$/.test(String(problem['code']))
  );
};

/** Returns the faults of a response to any request. */
export const findFaults = (exchanged: Exchanged, { withinMs, statuses }: Expectations): Finding[] => {
  const { request, response } = exchanged;
  const { status, headers, text, ms } = response;
  const wrong = [
    ...(status < 200 ? ['It has no response.'] : []),
    ...(status >= 500 ? ['It is a server error.'] : []),
    ...(statuses && !statuses.includes(status) ? [`Its status is none of ${statuses.join(', ')}.`] : []),
    ...(status >= 400 && request.method !== 'HEAD' && !isProblem(response)
      ? ['It is an error without a problem document.']
      : []),
    ...(ms > withinMs ? [`It took more than ${withinMs} ms.`] : []),
    ...('set-cookie' in headers || text.includes('polluted') ? ['Input has become part of the response.'] : []),
    ...(status >= 400 && internals.test(text) ? ['It shows the implementation.'] : []),
  ];
  return wrong.map((sentence) => toFinding(sentence, exchanged));
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** True when a value is shown as it was sent. Of an object, some fields may have been sent or may be shown. */
const isShown = (sent: unknown, received: unknown): boolean =>
  isObject(sent) && isObject(received)
    ? Object.entries(sent).every(
        ([key, value]) => !Object.hasOwn(received, key) || isShown(value, received[key as keyof typeof received]),
      )
    : sent === received;

/** Returns the fields of an accepted body that a response shows with another value. */
export const findChangedFields = (exchanged: Exchanged, shown: RawResponse): Finding[] => {
  const sent = parseJson(String(exchanged.request.body));
  const received = parseJson(shown.text);
  if (!sent || !received)
    return [toFinding('The accepted body cannot be read back.', { ...exchanged, response: shown })];
  const changed = Object.keys(sent).filter((key) => Object.hasOwn(received, key) && !isShown(sent[key], received[key]));
  return changed.map((key) =>
    toFinding(`The field ${key} differs from the request.`, { ...exchanged, response: shown }),
  );
};
