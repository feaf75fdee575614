// Loaded before a script: it does not outlive the process that started it, whichever way that ends.
process.once('disconnect', () => process.exit(1));
// To wait for that keeps no script from ending by itself; to wait for messages does.
process.channel?.unref();
process.on('newListener', (event) => {
  if (event === 'message') process.channel?.ref();
});
