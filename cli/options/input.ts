import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import { CommandError, EXIT } from '../output/failure.ts';

/** Checks an input with the schema that procedures use. @throws CommandError that says what is wrong */
export function readInput<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CommandError(`The options are not valid: ${wrong.join('; ')}.`, EXIT.usage);
}

/** The argument itself, or standard input if it is `-`, unchanged. Null if there is no argument. */
export async function readArgument(argument: string | undefined): Promise<string | null> {
  if (argument === undefined) return null;
  return argument === '-' ? text(process.stdin) : argument;
}

/** The contents of a file, or standard input if its name is `-`. */
export function readFileOrInput(file: string): Promise<string> {
  const read = file === '-' ? text(process.stdin) : readFile(file, 'utf8');
  return read.then(withoutByteOrderMark, (error: NodeJS.ErrnoException) => {
    throw new CommandError(`${nameOf(file)} cannot be read: ${error.code ?? error.message}.`);
  });
}

/** Windows editors begin a file with a byte order mark. */
const withoutByteOrderMark = (read: string): string => read.replace(/^\uFEFF/, '');

/** How a sentence names a file. */
export const nameOf = (file: string): string => (file === '-' ? 'Standard input' : file);
