#!/usr/bin/env node
import { reportError } from './failure.ts';
import { loadOwnApi } from './load-api.ts';
import { handleOutputErrors } from './output-errors.ts';
import { createProgram } from './program.ts';

handleOutputErrors();
try {
  await createProgram(loadOwnApi).parseAsync();
} catch (error) {
  // The process ends by itself, not by `process.exit`, so that its output is flushed.
  process.exitCode = reportError(error, process.argv.includes('--json'));
}
