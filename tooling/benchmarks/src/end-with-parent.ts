// Preloaded by every process that the benchmark starts: it ends when the benchmark is gone, whichever way that went.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
