import { CommanderError } from 'commander';
import { PortUnavailable } from '../../server/http/port-unavailable.ts';
import { ConfigError } from '../../server/lib/config.ts';
import { Refusal } from '../../server/lib/refusal.ts';
import { DatabaseUnavailable } from '../../server/stores/database/connection/database-unavailable.ts';
import {
  causeOf,
  failureSentence,
  knownFailure,
} from '../../server/stores/database/connection/failure-sentence.ts';
import { isOutage, isUnreachable } from '../../server/stores/database/connection-errors.ts';

/** Exit statuses: the numbers of sysexits.h, if one fits. */
export const EXIT = {
  /** Done. */
  done: 0,
  /** The command failed, or `doctor` found a problem. */
  failed: 1,
  /** The command line is not valid. */
  usage: 64,
  /** The service or the database did not respond: try again. */
  unavailable: 69,
  /** The service refused the call. */
  refused: 77,
  /** The configuration is not valid. */
  config: 78,
} as const;

/** The failure of a command; its message is a sentence for the user. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exit: number;
  readonly details: Readonly<Record<string, unknown>>;

  /** @param details properties that `--json` prints besides the message */
  constructor(message: string, exit: number = EXIT.failed, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.exit = exit;
    this.details = details;
  }
}

/** Prints to stderr why something failed, in one sentence, or as JSON. @returns the exit status */
export function reportError(error: unknown, json = false): number {
  const { exit, message, details = {} } = failureOf(error);
  if (message === null) return exit;
  const text = json ? JSON.stringify({ error: { message, exit, ...details } }) : `keyseal: ${message}`;
  process.stderr.write(`${text}\n`);
  return exit;
}

interface Failure {
  readonly exit: number;
  /** Null if commander has printed everything: help, the version. */
  readonly message: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
}

function failureOf(error: unknown): Failure {
  if (error instanceof CommandError) return error;
  if (error instanceof DatabaseUnavailable) return { exit: EXIT.unavailable, message: error.message };
  if (error instanceof ConfigError) return { exit: EXIT.config, message: error.message };
  if (error instanceof PortUnavailable) return { exit: EXIT.failed, message: error.message };
  if (error instanceof CommanderError) return commandLineFailure(error);
  if (error instanceof Refusal) return refusalFailure(error);
  return otherFailure(error);
}

function commandLineFailure({ code, message, exitCode }: CommanderError): Failure {
  if (exitCode === 0) return { exit: EXIT.done, message: null };
  // No command was given: commander has shown the help.
  if (code === 'commander.help') return { exit: EXIT.usage, message: null };
  const [what = '', ...more] = message.replace(/^error: /, '').split('\n');
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}.`.replace(/\.\.$/, '.');
  return {
    exit: EXIT.usage,
    message: [sentence, ...more.map((line) => line.replace(/^\(|\)$/g, ''))].join(' '),
  };
}

/** Converts a refusal by a part of the service that a command uses. */
function refusalFailure({ reason, message, details }: Refusal): Failure {
  const where = details.issues?.map((issue) => `${issue.path} ${issue.message}`).join('; ');
  return {
    exit: reason === 'UNAVAILABLE' ? EXIT.unavailable : EXIT.failed,
    message: where ? `${message.slice(0, -1)}: ${where}.` : message,
    details: { reason },
  };
}

type ListenError = NodeJS.ErrnoException & { port?: number; address?: string; hostname?: string };

/** Why the service cannot listen; null for any other error. */
function listenFailureSentence({
  code = '',
  syscall,
  port = 0,
  address,
  hostname,
}: ListenError): string | null {
  if (syscall === 'getaddrinfo' && hostname !== undefined) {
    return `HOST ${hostname} cannot be found (${code}). Set HOST to an address of this machine, or to 0.0.0.0 for all.`;
  }
  // Node names no port 0.
  if (syscall !== 'listen' || address === undefined) return null;
  const sentences: Readonly<Record<string, string>> = {
    EADDRINUSE: `PORT ${port} of ${address} is taken. Stop the process that listens there, or set another PORT.`,
    EACCES: `This user may not listen on PORT ${port}. Set another PORT.`,
    EADDRNOTAVAIL: `HOST ${address} is not an address of this machine. Set HOST to one that is, or to 0.0.0.0 for all.`,
    EINVAL: `HOST ${address} is an address of one network interface and does not name it. Add the interface, such as ${address}%eth0, or set HOST to another address.`,
    EAFNOSUPPORT: `HOST ${address} uses an address family that this machine does not support (is IPv6 off?). Set HOST to another address.`,
  };
  return (
    sentences[code] ?? `PORT ${port} of ${address} cannot be opened (${code}). Set another HOST or PORT.`
  );
}

/** Why a file cannot be used, or a program cannot be run; null for any other error. */
function fileFailureSentence({ code, syscall, path, message }: NodeJS.ErrnoException): string | null {
  if (code === undefined || syscall === undefined || path === undefined) return null;
  if (syscall.startsWith('spawn'))
    return `${path} cannot be run (${code}). Install it, or add its folder to PATH.`;
  const [, why = syscall] = /^\w+: ([^,]+),/.exec(message) ?? [];
  return `"${path}" cannot be used: ${why} (${code}).`;
}

function otherFailure(error: unknown): Failure {
  const known = listenFailureSentence(error as ListenError) ?? fileFailureSentence(Object(error));
  if (known) return { exit: EXIT.failed, message: known };
  const origin = causeOf(error);
  if (origin.name === 'PostgresError' || isOutage(error)) {
    const isKnown = knownFailure(origin.code, 'using') !== undefined;
    // For example, a database that cannot be opened.
    const exit = isUnreachable(origin.code) ? EXIT.unavailable : isKnown ? EXIT.config : EXIT.failed;
    return { exit, message: failureSentence('The database', error, 'using', null) };
  }
  const cause = (error as Error).cause as Error | undefined;
  // The error's message and stack contain the statement's parameters.
  if (cause) return { exit: EXIT.failed, message: cause.stack ?? cause.message };
  return {
    exit: EXIT.failed,
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}
