#!/usr/bin/env node
import { reportError } from './failure.ts';
import { loadBuiltInApi } from './load-api.ts';
import { handleOutputErrors } from './output-errors.ts';
import { createProgram } from './program.ts';

handleOutputErrors();
try {
  await createProgram(loadBuiltInApi).parseAsync();
} catch (error) {
  // The process ends by itself, not by `process.exit`, so that its output is flushed.
  process.exitCode = reportError(error, process.argv.includes('--json'));
}
