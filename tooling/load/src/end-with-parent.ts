// Preloaded by the platform: it ends when whoever started it is gone, whichever way that went.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
