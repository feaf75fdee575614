import { ProblemError, toFailure } from './problem.ts';
import type { ReadItems } from './response.ts';

/** Reads lines of JSON as they arrive. @throws `ProblemError` when the connection ends before the response does. */
export const readLines: ReadItems = async function* (body, signal) {
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { value, done } = (await reader?.read()) ?? { done: true, value: undefined };
      const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
      rest = done ? '' : (lines.pop() as string);
      for (const line of lines) if (line) yield JSON.parse(line) as unknown;
      if (done) return;
    }
  } catch (cause) {
    throw new ProblemError(toFailure(signal?.aborted ? 'aborted' : 'connection-failed', 0, cause).problem);
  } finally {
    // A caller that stops early ends the response. The reason of a failure is thrown above.
    reader?.cancel().catch(() => undefined);
  }
};
