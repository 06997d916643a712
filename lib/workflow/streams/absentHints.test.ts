import { describe, expect, it } from 'vitest';
import { absentHintPublisher, absentHintSource } from './absentHints';

describe('hints without Redis', () => {
  it('takes every call and says that there is no transport', async () => {
    await absentHintSource.start({
      listener: {
        onHints: () => {
          throw new Error('There is nothing to hear.');
        },
        onHeal: () => {
          throw new Error('There is nothing to heal.');
        },
      },
    });
    absentHintSource.setPartitions({ partitionIds: [1] });
    await absentHintPublisher.publish({ hints: [{ partitionId: 1, executionId: 'e' }] });
    await absentHintSource.acknowledge({ hints: [] });
    expect(absentHintSource.state()).toBe('absent');
    await absentHintSource.stop();
    await absentHintPublisher.close();
  });
});
