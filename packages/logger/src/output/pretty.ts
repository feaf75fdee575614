import { createRequire } from 'node:module';
import type * as PinoPretty from 'pino-pretty';
import { escapeLine } from '../redaction/scrub.ts';

// Loaded only on a terminal, so that production does not load it.
const require = createRequire(import.meta.url);

/** Creates a function that formats a JSON line for a terminal, in colour unless `NO_COLOR` is set. */
export const createPrettifier = (): ((line: string) => string) => {
  const { prettyFactory } = require('pino-pretty') as typeof PinoPretty;
  const prettify = prettyFactory({
    messageKey: 'event',
    ignore: 'service',
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  // Parsing has decoded the escapes of the line.
  return (line) => escapeLine(prettify(line) ?? '');
};
