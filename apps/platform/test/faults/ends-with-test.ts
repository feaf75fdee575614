// Loaded before a host: it does not outlive the test that started it, whichever way that ends.
process.on('disconnect', () => process.exit(1));
