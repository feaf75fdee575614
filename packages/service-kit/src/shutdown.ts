import type { Logger } from '@plinth/logger';

/** How long requests in flight may take to end, in milliseconds. */
const graceMs = 10_000;

/**
 * Ends the process by `stop` on SIGTERM or SIGINT: once, with exit code 0, or with 1 when it fails or takes too long.
 */
export const stopOnSignal = (stop: (signal: NodeJS.Signals) => Promise<void>, logger: Logger): void => {
  let stopping = false;
  let late: NodeJS.Timeout | undefined;
  const end = (code: number): void => {
    clearTimeout(late);
    logger.flush();
    process.exit(code);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info('stopping', { signal });
    late = setTimeout(() => {
      logger.error('stopped-late', { graceMs });
      end(1);
    }, graceMs).unref();
    stop(signal).then(
      () => {
        logger.info('stopped');
        end(0);
      },
      (err: unknown) => {
        logger.error('stop-failed', { err });
        end(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
};
