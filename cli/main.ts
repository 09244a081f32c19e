#!/usr/bin/env node
import { loadBuiltInApi } from './load-api.ts';
import { reportError } from './output/failure.ts';
import { handleOutputErrors } from './output/output-errors.ts';
import { createProgram } from './program.ts';

handleOutputErrors();
try {
  const program = await createProgram(loadBuiltInApi, process.argv.slice(2));
  await program.parseAsync();
} catch (error) {
  // The process ends by itself, not by `process.exit`, so that its output is flushed.
  process.exitCode = reportError(error, process.argv.includes('--json'));
}
