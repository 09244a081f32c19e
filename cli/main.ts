#!/usr/bin/env node
import { reportError } from './failure.ts';
import { loadOwnApi } from './load-api.ts';
import { createProgram } from './program.ts';

try {
  await createProgram(loadOwnApi).parseAsync();
} catch (error) {
  // The end of the process is left to itself, so that what was written arrives.
  process.exitCode = reportError(error, process.argv.includes('--json'));
}
