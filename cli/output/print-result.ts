import type { Command } from 'commander';
import { writeAll } from '../../server/stores/database/private-files.ts';
import { CommandError } from './failure.ts';

/** Adds `--json`, the option that every command has. */
export function withJson(command: Command): Command {
  return command.option('--json', 'print JSON, errors too');
}

/** Whether a command prints JSON. */
export interface JsonOption {
  readonly json?: boolean;
}

/** Writes a command's result to stdout: as one line of JSON for programs, as text for people. */
export function printResult({ json }: JsonOption, data: unknown, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(data)}\n` : `${text}\n`);
}

/**
 * The same for a result with a secret that is shown once: it is written before the transaction commits.
 * @throws CommandError if it cannot be written
 */
export function printResultOnce({ json }: JsonOption, data: unknown, text: string): void {
  try {
    writeAll(process.stdout.fd, json ? `${JSON.stringify(data)}\n` : `${text}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      `The secret could not be written to the output (${code}), and nothing was made. Check standard output, and run the command again.`,
    );
  }
}

/** Lines of columns, each as wide as its widest cell. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, i) => Math.max(...all.map((row) => [...(row[i] ?? '')].length)));
  return all
    .map((row) =>
      row
        .map((cell, i) => cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - [...cell].length)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Text from elsewhere, without characters that move a terminal's cursor or reverse its text. */
export const sanitizeForTerminal = (text: string): string =>
  text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '�');
