import { createSecretBox, type SecretBox } from '../../src/crypto/secret-box.ts';
import type { Database } from '../../src/stores/database/database.ts';
import { createStores, type Stores } from '../../src/stores/index.ts';
import { testDatabase } from './database.ts';

/** A key-encryption key that tests know. */
export const TEST_SECRET = Buffer.alloc(32, 7);

export interface TestStores {
  readonly database: Database;
  readonly stores: Stores;
  readonly secretBox: SecretBox;
}

/** Stores over a fresh database. */
export async function testStores(): Promise<TestStores> {
  const database = await testDatabase();
  const secretBox = createSecretBox([TEST_SECRET]);
  return { database, secretBox, stores: createStores(database, secretBox) };
}
