import type { TracedCall } from './tracing.ts';

const digits = 8;
const all = 16 ** digits;

/**
 * Whether the trace of a call is recorded. The trace id decides, so every service of ours with the same ratio decides alike.
 * A caller can ask for its trace not to be recorded, but not for it to be: anybody could then have us record everything.
 */
export const isRecorded = ({ trace, isJoined }: TracedCall, ratio: number): boolean => {
  if (isJoined && !trace.sampled) return false;
  // The last digits: in an id that is made of time, they alone are random.
  return Number.parseInt(trace.traceId.slice(-digits), 16) < ratio * all;
};
