import { z } from 'zod';

const WithOffset = z.iso.datetime({ offset: true });

const leapSecond = /:60(?=(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$)/;

// JavaScript parses neither lower case nor the second 60, which begins the next minute and which RFC 3339 allows.
// A query string turns the `+` of an offset into a space unless the client escapes it.
const toParsable = (text: string): { readonly time: string; readonly extraMs: number } => {
  const time = text.toUpperCase().replace(/ (?=\d\d:\d\d$)/, '+');
  return { time: time.replace(leapSecond, ':59'), extraMs: leapSecond.test(time) ? 1000 : 0 };
};

const isTime = (text: string): boolean => WithOffset.safeParse(toParsable(text).time).success;

const toDate = (text: string): Date => {
  const { time, extraMs } = toParsable(text);
  return new Date(Date.parse(time) + extraMs);
};

/** A time sent as RFC 3339 text with any offset, and handled as a `Date` by the server. */
export const IsoDate = z
  .codec(
    z.stringFormat('date-time', isTime, { error: 'must be an RFC 3339 time, which needs an offset such as Z' }),
    z.date(),
    { decode: toDate, encode: (date) => date.toISOString() },
  )
  .describe('A time as in RFC 3339, with an offset such as Z.');
