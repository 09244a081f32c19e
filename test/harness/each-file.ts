import { afterAll } from 'vitest';
import { undoAll } from './end-of-file.ts';
import { changedSince, processState } from './process-state.ts';

// Vitest runs this before each test file, also where files share a worker.
const before = processState();

afterAll(async () => {
  await undoAll();
  const changed = changedSince(before);
  if (changed.length > 0)
    throw new Error(`This file leaves to the next one of its worker: ${changed.join(', ')}.`);
});
