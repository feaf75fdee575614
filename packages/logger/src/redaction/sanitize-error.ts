import type { JsonValue } from './json-value.ts';
import { scrub } from './scrub.ts';
import { nameLengthMax } from './size-limits.ts';

const frame = /^ {2,8}at .+$/;
const framesMax = 30;

const readProperty = (error: Error, name: string): unknown => {
  try {
    return (error as unknown as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
};

const readText = (error: Error, name: string): string => {
  const value = readProperty(error, name);
  return typeof value === 'string' ? value : '';
};

/** Returns the frames only: the first lines of a stack repeat the message, which is handled separately. */
const getFrames = (error: Error, message: string): string | undefined => {
  const stack = readText(error, 'stack');
  const start = stack.indexOf(message);
  // The message was changed after the stack was taken, so the old one cannot be separated from the frames.
  if (start < 0) return undefined;
  const lines = stack.slice(start + message.length).split('\n', 200);
  const frames = lines.filter((line) => frame.test(line)).slice(0, framesMax);
  return frames.length > 0 ? frames.join('\n') : undefined;
};

const getCode = (error: Error, name: string): string | number | undefined => {
  const value = readProperty(error, name);
  if (typeof value === 'string') return scrub(value).slice(0, nameLengthMax);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** Messages of the MongoDB driver quote values of documents, so they are never shown. */
const isDriverError = (error: Error): boolean =>
  [readText(error, 'name'), error.constructor?.name ?? ''].some((name) => name.startsWith('Mongo'));

/** Converts an error to `{ type, code, message, stack, cause, errors }`. Other properties may be sensitive, so they are omitted. */
export const sanitizeError = (
  error: Error,
  sanitizeValue: (read: () => unknown) => JsonValue | undefined,
): JsonValue => {
  const sanitized: Record<string, JsonValue> = Object.create(null);
  const show = (name: string, read: () => unknown): void => {
    const value = sanitizeValue(read);
    if (value !== undefined) sanitized[name] = value;
  };
  const message = readText(error, 'message');
  show('type', () => scrub(readText(error, 'name') || 'Error').slice(0, nameLengthMax));
  show('code', () => getCode(error, 'code'));
  if (isDriverError(error)) show('codeName', () => getCode(error, 'codeName'));
  else show('message', () => message);
  show('stack', () => getFrames(error, message));
  // `cause` and `errors` are not enumerable, so a loop over the properties would miss them.
  show('cause', () => readProperty(error, 'cause'));
  if (error instanceof AggregateError) show('errors', () => readProperty(error, 'errors'));
  return sanitized;
};
