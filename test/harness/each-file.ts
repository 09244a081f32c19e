import { afterAll } from 'vitest';
import { undoAll } from './end-of-file.ts';

// Vitest runs this before each test file, also where files share a worker.
afterAll(undoAll);
