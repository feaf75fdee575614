import type { RawRequest, RawResponse } from '@plinth/testing';

/** What is wrong about one response, with the request that brought it about. */
export type Finding = { readonly wrong: string; readonly request: string; readonly response: string };

export type Exchanged = { readonly request: RawRequest; readonly response: RawResponse };

type Demands = {
  readonly withinMs: number;
  /** The statuses that are expected; left out, any below 500. */
  readonly statuses?: readonly number[] | undefined;
};

const shownLength = 300;
const shown = (text: string): string => text.slice(0, shownLength);

const finding = (wrong: string, { request, response }: Exchanged): Finding => {
  const { method, path, headers = [], body = '' } = request;
  const named = headers.filter(([name]) => !/^(?:authorization|if-match)$/i.test(name) || headers.length === 1);
  return {
    wrong,
    request: shown(JSON.stringify({ method, path: shown(path), body: shown(body.toString('utf8')), named })),
    response: shown(`${response.status} in ${Math.round(response.ms)} ms: ${response.text}`),
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

/** Traces of what lies below: stacks, files, drivers. */
const inside = /\bat .{1,80}:\d+:\d+|node_modules|\.ts:\d|MongoError|MongoServer|ioredis|\bE11000\b/;

/** True for an RFC 9457 problem with all that ours have. */
export const isProblem = ({ status, headers, text }: RawResponse): boolean => {
  const problem = parseJson(text);
  return (
    headers['content-type'] === 'application/problem+json; charset=utf-8' &&
    problem?.['status'] === status &&
    typeof problem['fix'] === 'string' &&
    /^[a-z]+(?:-[a-z]+)*$/.test(String(problem['code']))
  );
};

/** Everything that is wrong with an response, whatever was asked. */
export const findFaults = (exchanged: Exchanged, { withinMs, statuses }: Demands): Finding[] => {
  const { request, response } = exchanged;
  const { status, headers, text, ms } = response;
  const wrong = [
    ...(status < 200 ? ['It has no response.'] : []),
    ...(status >= 500 ? ['It is the response to a failure of ours.'] : []),
    ...(statuses && !statuses.includes(status) ? [`Its status is none of ${statuses.join(', ')}.`] : []),
    ...(status >= 400 && request.method !== 'HEAD' && !isProblem(response) ? ['It is refused without a problem.'] : []),
    ...(ms > withinMs ? [`It took more than ${withinMs} ms.`] : []),
    ...('set-cookie' in headers || text.includes('polluted') ? ['What was sent has become part of the response.'] : []),
    ...(status >= 400 && inside.test(text) ? ['It shows what lies inside.'] : []),
  ];
  return wrong.map((sentence) => finding(sentence, exchanged));
};

/** What of a body that was taken is not in an response as it was sent. */
export const findChangedFields = (exchanged: Exchanged, shownBy: RawResponse): Finding[] => {
  const sent = parseJson(String(exchanged.request.body));
  const got = parseJson(shownBy.text);
  if (!sent || !got) return [finding('What was taken cannot be read back.', { ...exchanged, response: shownBy })];
  const others = Object.keys(sent).filter((key) => Object.hasOwn(got, key) && !Object.is(got[key], sent[key]));
  return others.map((key) => finding(`The field ${key} is not what was sent.`, { ...exchanged, response: shownBy }));
};
