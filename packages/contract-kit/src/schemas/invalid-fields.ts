import type { z } from 'zod';
import { commonErrors } from '../catalogues/common-errors.ts';
import type { ApiError, FieldError } from '../catalogues/errors.ts';

const asSentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** More would make the response larger than the request. */
const fieldErrorsMax = 20;

type Invalidity = { readonly cause?: unknown; readonly count?: number };

/** Creates the 400 for invalid fields. It names at most 20 of them; its `detail` describes the first and says how many there are. */
export const invalidFields = (
  errors: readonly [FieldError, ...FieldError[]],
  { cause, count = errors.length }: Invalidity = {},
): ApiError => {
  const [{ location, pointer, message }] = errors;
  const more = count > fieldErrorsMax ? ` \`errors\` names the first ${fieldErrorsMax} of ${count}.` : '';
  return commonErrors.invalidRequest({
    errors: errors.slice(0, fieldErrorsMax),
    cause,
    detail: `${asSentence(`${location}${pointer}: ${message}`)}${more}`,
    fix: 'Correct the fields that `errors` names, and send the request again.',
  });
};

/** Converts a path to a JSON pointer (RFC 6901). */
const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

const unitNames: Readonly<Record<string, string>> = { string: 'character', array: 'item' };

const toBound = (limit: 'at most' | 'at least', origin: string, bound: number | bigint): string => {
  const unit = unitNames[origin];
  return unit === undefined
    ? `must be ${limit} ${bound}`
    : `must have ${limit} ${bound} ${unit}${bound === 1 ? '' : 's'}`;
};

/** Returns the message of an issue whose schema has none of its own. */
export const toFieldMessage: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeNames[issue.expected] ?? `of type ${issue.expected}`}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return issue.inclusive === false
        ? `must be less than ${issue.maximum}`
        : toBound('at most', issue.origin, issue.maximum);
    case 'too_small':
      return issue.inclusive === false
        ? `must be greater than ${issue.minimum}`
        : toBound('at least', issue.origin, issue.minimum);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.format === 'regex' ? `must match ${issue.pattern}` : `must have the format '${issue.format}'`;
    default:
      return 'is not valid';
  }
};

/** True for a query parameter that is sent more than once: Fastify parses it as a list, which no parameter's schema allows. */
const isRepeated = (query: unknown, [name]: readonly PropertyKey[]): boolean =>
  Array.isArray((query as Readonly<Record<PropertyKey, unknown>>)[name ?? '']);

const countFaults = (issue: z.core.$ZodIssue): number => (issue.code === 'unrecognized_keys' ? issue.keys.length : 1);

const toFieldErrors = (
  issue: z.core.$ZodIssue,
  { location, data }: { location: FieldError['location']; data: unknown },
): FieldError[] => {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') {
    const owner = location === 'query' ? 'parameter of this route' : 'field of this object';
    // A URL has room for thousands of parameters.
    return issue.keys.slice(0, fieldErrorsMax).map((key) => ({
      pointer: toPointer([...path, key]),
      location,
      code: 'unknown-field',
      message: `'${key}' is not a ${owner}`,
    }));
  }
  const pointer = toPointer(path);
  if (location === 'query' && isRepeated(data, path)) {
    return [{ pointer, location, code: 'repeated-parameter', message: 'must be sent only once' }];
  }
  const code = (issue.code === 'custom' && issue.params?.['code']) || issue.code.replaceAll('_', '-');
  return [{ pointer, location, code, message }];
};

/** Creates the 400 that names the invalid fields of `data`, which was parsed with the messages of `toFieldMessage`. */
export const toInvalidRequest = (
  error: z.core.$ZodError,
  source: { readonly location: FieldError['location']; readonly data: unknown },
): ApiError => {
  const errors = error.issues.flatMap((issue) => toFieldErrors(issue, source));
  const count = error.issues.reduce((sum, issue) => sum + countFaults(issue), 0);
  return invalidFields(errors as [FieldError, ...FieldError[]], { cause: error, count });
};
