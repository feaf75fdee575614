import type { Logger } from '@plinth/logger';
import closeWithGrace from 'close-with-grace';

/** Milliseconds within which the requests in flight and the connections have to end. */
const shutdownMs = 10_000;

// After these signals JavaScript must not run, and `beforeExit` is not a reason to stop.
const ignoredEvents: closeWithGrace.AllEvents[] = ['SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'beforeExit'];

export type ShutdownOptions = { readonly logger: Logger; readonly timeoutMs?: number };

/**
 * Stops the process by `stop` after a signal, an uncaught exception or an unhandled rejection. The exit code is 0 after a
 * signal, and 1 after an error, after a second signal, or when `stop` fails or takes too long. Errors are written by the logger
 * alone, which redacts them.
 */
export const stopGracefully = (
  stop: (signal: NodeJS.Signals | undefined) => Promise<void>,
  { logger, timeoutMs = shutdownMs }: ShutdownOptions,
): void => {
  const onTimeout = (): void => {
    logger.error('shutdown-timeout', { timeoutMs });
    logger.flush();
  };
  const onSecondError = (err: unknown): void => {
    logger.fatal('process-failed', { err });
    logger.flush();
  };
  const options = { delay: timeoutMs, logger: false, skip: ignoredEvents, onTimeout, onSecondError } as const;
  closeWithGrace(options, async ({ signal, err }) => {
    if (signal) logger.info('stopping', { signal });
    else logger.fatal('process-failed', { err });
    try {
      await stop(signal);
      logger.info('stopped');
    } catch (error) {
      logger.error('stop-failed', { err: error });
      throw error;
    } finally {
      logger.flush();
    }
    // A rejection without a reason has no error, and close-with-grace would exit with 0.
    if (!signal) throw err ?? new Error('A promise was rejected without a reason.');
  });
};
