import pino, { type DestinationStream, type Logger } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Config } from '../lib/config.ts';

/** Properties that are never logged, at any depth. */
const SECRET = ['authorization', 'password', 'secret', 'signingSecret', 'refreshToken', 'accessToken'];

/** @param destination replaces stdout */
export function createLogger(
  { logLevel, logFormat }: Pick<Config, 'logLevel' | 'logFormat'>,
  destination?: DestinationStream,
): Logger {
  const options = {
    level: logLevel,
    serializers: { err: readableError },
    redact: SECRET.flatMap((name) => [name, `*.${name}`]),
  };
  if (destination) return pino(options, destination);
  const output = standardOutput();
  if (logFormat === 'json') return pino(options, output);
  const format = prettyFactory({ ignore: 'pid,hostname' });
  return pino(options, { write: (line) => output.write(format(line)) });
}

/** Bytes of lines that are not written yet. While the disk is full, or nobody reads the pipe, further lines are dropped. */
const MAX_UNWRITTEN = 4 * 1024 * 1024;

/**
 * Standard output. A log that cannot be written must neither end the service nor keep it from exiting: at exit, the library
 * would retry the write forever.
 */
function standardOutput(): DestinationStream {
  const output = pino.destination({ maxLength: MAX_UNWRITTEN });
  let isFailing = false;
  output.on('error', () => {
    isFailing = true;
  });
  output.on('write', () => {
    isFailing = false;
  });
  const flushSync = output.flushSync.bind(output);
  output.flushSync = () => {
    if (!isFailing) flushSync();
  };
  return output;
}

interface PlainError {
  readonly type: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack?: string;
  readonly cause?: PlainError;
}

/** Causes of an error that are logged. A procedure may throw one that is its own cause. */
const MAX_CAUSES = 16;

/** A procedure may throw anything: a line that cannot be written must not end the process. */
function readableError(error: unknown): PlainError {
  try {
    return plainError(error, MAX_CAUSES);
  } catch {
    return { type: typeof error, message: 'an error that cannot be read' };
  }
}

/**
 * Reduces an error to these properties. A database error contains the statement's parameters, in extra properties and in its
 * message.
 * @param causes how many causes may follow
 */
function plainError(error: unknown, causes: number): PlainError {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error).slice(0, 500) };
  const { code, stack, cause } = error as Error & { code?: unknown };
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    message: (error.message.split('\nparams:', 1)[0] as string).slice(0, 500),
    ...(code === undefined ? {} : { code }),
    ...(frames ? { stack: frames.join('\n') } : {}),
    ...(cause === undefined || causes === 0 ? {} : { cause: plainError(cause, causes - 1) }),
  };
}
