import { createMemoryHints } from './memoryHints';
import { describeHintTransport } from './testing/hintContract';

describeHintTransport('memory', async () => {
  const hints = createMemoryHints();
  return {
    publisher: hints.publisher,
    createSource: hints.createSource,
    flush: async () => {
      hints.flush();
    },
    close: async () => undefined,
  };
});
