import type { Callable } from './can.ts';
import { operations } from './operations.ts';

/** A call of the API, as a screen makes it. */
export type DescribedCall = {
  readonly action: Callable;
  readonly input?: Readonly<Record<string, unknown>>;
};

type CallInput = {
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly ifMatch?: string | number;
  readonly [param: string]: unknown;
};

const isSet = ([, value]: [string, unknown]): boolean => value !== undefined;

/** Quotes a text for a shell, where only `$TOKEN` of a header may be replaced. */
const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const toBodyOptions = (body: unknown): string[] => {
  if (body === undefined) return [];
  if (!(body instanceof File)) return ["-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(body))}`];
  return [`-H 'Content-Type: ${body.type}'`, `--data-binary ${quote(`@${body.name}`)}`];
};

type Target = {
  /** The URL of the API. */
  readonly apiUrl: string;
  /** A new idempotency key, so that the command that is run twice takes effect once. */
  readonly key: string;
};

/** Returns the call as a command for a terminal. The token is a variable, so that it stays out of what is copied. */
export const toCurl = ({ action, input = {} }: DescribedCall, { apiUrl, key }: Target): string => {
  const [method = '', path = ''] = action.route.split(' ');
  const { query = {}, body, ifMatch, ...params } = input as CallInput;
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams(Object.entries(query).filter(isSet) as [string, string][]).toString();
  const url = quote(`${apiUrl}${filled}${search && `?${search}`}`);
  const lines = [
    `curl ${method === 'GET' ? '' : `-X ${method} `}${url}`,
    '-H "Authorization: Bearer $TOKEN"',
    ...(ifMatch === undefined ? [] : [`-H ${quote(`If-Match: "${ifMatch}"`)}`]),
    ...(method === 'GET' ? [] : [`-H 'Idempotency-Key: ${key}'`]),
    ...toBodyOptions(body),
  ];
  return lines.join(' \\\n  ');
};

const toLiteral = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replaceAll(/"([A-Za-z_]\w*)":/g, '$1:');

/** Returns the input as code, in which a file is read from the disk. */
const toInput = (input: Readonly<Record<string, unknown>>): string => {
  const { body } = input;
  if (!(body instanceof File)) return toLiteral(input);
  return `{ body: await openAsBlob(${JSON.stringify(body.name)}, { type: '${body.type}' }) }`;
};

/** Returns the call as code with the typed client. */
export const toTypeScript = ({ action, input = {} }: DescribedCall, apiUrl: string): string => {
  const { name = '', domain = '', list } = operations[action.route] ?? {};
  const { query, ...rest } = input as CallInput;
  // The address of a page has texts only; bounds such as `price[gte]` are numbers.
  const toValue = ([parameter, value]: [string, unknown]): [string, unknown] => {
    const isNumber = list?.ranges[parameter.split('[', 1)[0] ?? ''] === 'money';
    return [parameter, isNumber ? Number(value) : value];
  };
  const sent = Object.fromEntries(
    Object.entries(query ?? {})
      .filter(isSet)
      .map(toValue),
  );
  const argument = { ...rest, ...(Object.keys(sent).length > 0 && { query: sent }) };
  const call = Object.keys(argument).length > 0 ? `${name}(api, ${toInput(argument)})` : `${name}(api)`;
  return [
    ...(rest.body instanceof File ? ["import { openAsBlob } from 'node:fs';"] : []),
    "import { createApi } from '@plinth/service-actions';",
    `import { ${name} } from '@plinth/service-actions/${domain}';`,
    '',
    `const api = createApi({ baseUrl: '${apiUrl}', token: process.env.TOKEN });`,
    `const result = await ${call};`,
    '',
  ].join('\n');
};
