// Loaded before a script, which then ends with the process that started it, even when that is killed.
process.once('disconnect', () => process.exit(1));
// Waiting for the disconnect keeps no script alive; waiting for messages does.
process.channel?.unref();
process.on('newListener', (event) => {
  if (event === 'message') process.channel?.ref();
});
