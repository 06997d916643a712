// Preloaded (`node --import`) into a process that has no such code of its own: it ends when the channel to the process
// that started it closes, which also happens when that one is killed.
process.on('disconnect', () => process.exit(0));
