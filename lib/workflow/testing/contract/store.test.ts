import { createMemoryStoreFixture } from './memoryStoreFixture';
import { describeExecutionStore } from './storeContract';

describeExecutionStore('memory', createMemoryStoreFixture);
