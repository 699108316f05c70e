/**
 * Runs before each test file.
 *
 * @module
 */
import { afterAll } from 'vitest';
import { putAllAway } from './at-end.ts';

afterAll(putAllAway);
