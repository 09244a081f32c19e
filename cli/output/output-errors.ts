import { CommandError, reportError } from './failure.ts';

/**
 * Handles errors of standard output and standard error, which would end the process with a stack trace. EPIPE from a reader such
 * as `head` is not an error.
 */
export function handleOutputErrors(): void {
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    process.exitCode = reportError(new CommandError(`The output could not be written (${code}).`));
  });
  process.stderr.on('error', () => {});
}
