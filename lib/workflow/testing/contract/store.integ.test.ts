import { createPostgresStoreFixture } from './postgresStoreFixture';
import { describeExecutionStore } from './storeContract';

describeExecutionStore('Postgres', () => createPostgresStoreFixture());
