import type { Plain } from './plain-value.ts';
import { scrub } from './scrub.ts';

const frame = /^ {2,8}at .+$/;
const framesMax = 30;

const read = (error: Error, name: string): unknown => {
  try {
    return (error as unknown as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
};

const textOf = (error: Error, name: string): string => {
  const value = read(error, name);
  return typeof value === 'string' ? value : '';
};

// The head of a stack repeats the message, which is shown, or held back, on its own.
const framesOf = (error: Error, message: string): string | undefined => {
  const stack = textOf(error, 'stack');
  const at = stack.indexOf(message);
  // The message was changed after the stack was taken: what of the stack is old message cannot be told any more.
  if (at < 0) return undefined;
  const lines = stack.slice(at + message.length).split('\n', 200);
  const frames = lines.filter((line) => frame.test(line)).slice(0, framesMax);
  return frames.length > 0 ? frames.join('\n') : undefined;
};

const codeOf = (error: Error, name: string): string | number | undefined => {
  const value = read(error, name);
  if (typeof value === 'string') return scrub(value).slice(0, 100);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

// The driver's messages quote values of documents, so they are never shown.
const isDriverError = (error: Error): boolean =>
  [textOf(error, 'name'), error.constructor?.name ?? ''].some((name) => name.startsWith('Mongo'));

/** An error as `{ type, code, message, stack, cause, errors }`; other properties may hold anything and are left out. */
export const plainError = (error: Error, toPlain: (get: () => unknown) => Plain | undefined): Plain => {
  const plain: Record<string, Plain> = Object.create(null);
  const show = (name: string, get: () => unknown): void => {
    const value = toPlain(get);
    if (value !== undefined) plain[name] = value;
  };
  const message = textOf(error, 'message');
  show('type', () => scrub(textOf(error, 'name') || 'Error').slice(0, 100));
  show('code', () => codeOf(error, 'code'));
  if (isDriverError(error)) show('codeName', () => codeOf(error, 'codeName'));
  else show('message', () => message);
  show('stack', () => framesOf(error, message));
  // AggregateError keeps its errors, and any error its cause, where a loop over the properties would not see them.
  show('cause', () => read(error, 'cause'));
  if (error instanceof AggregateError) show('errors', () => read(error, 'errors'));
  return plain;
};
