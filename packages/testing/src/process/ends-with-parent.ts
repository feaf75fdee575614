// Preloaded by `--import`, so that a script ends with the process that started it, even when that is killed.
process.once('disconnect', () => process.exit(1));
// The channel must not keep a script alive, unless the script listens for messages.
process.channel?.unref();
process.on('newListener', (event) => {
  if (event === 'message') process.channel?.ref();
});
