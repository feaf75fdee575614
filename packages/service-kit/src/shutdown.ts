import type { Logger } from '@plinth/logger';
import closeWithGrace from 'close-with-grace';

/** Milliseconds within which the requests in flight and the connections have to end. */
const shutdownMs = 10_000;

// After these signals no JavaScript may run, and `beforeExit` is no reason to stop.
const ignoredEvents: closeWithGrace.AllEvents[] = ['SIGBUS', 'SIGFPE', 'SIGILL', 'SIGSEGV', 'beforeExit'];

export type ShutdownOptions = { readonly logger: Logger; readonly timeoutMs?: number };

/**
 * Stops the process by `stop` after a signal, an uncaught exception or an unhandled rejection. The exit code is 0 after a
 * signal, and 1 after an error, after a second signal, or when `stop` fails or takes too long.
 */
export const stopGracefully = (
  stop: (signal: NodeJS.Signals | undefined) => Promise<void>,
  { logger, timeoutMs = shutdownMs }: ShutdownOptions,
): void => {
  const onTimeout = (): void => {
    logger.error('shutdown-timeout', { timeoutMs });
    logger.flush();
  };
  closeWithGrace({ delay: timeoutMs, logger: false, skip: ignoredEvents, onTimeout }, async ({ signal, err }) => {
    if (err) logger.fatal('process-failed', { err });
    else logger.info('stopping', { signal });
    try {
      await stop(signal);
      logger.info('stopped');
    } catch (error) {
      logger.error('stop-failed', { err: error });
      throw error;
    } finally {
      logger.flush();
    }
  });
};
