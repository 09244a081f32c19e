import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { z } from 'zod';
import { CommandError, EXIT } from '../output/failure.ts';

/** Checks an input with the schema that procedures use. @throws CommandError that names the fault */
export function readInput<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new CommandError(`The options are not valid: ${wrong.join('; ')}.`, EXIT.usage);
}

/** An argument's text, or standard input if it is `-`, unchanged. Null if there is none. */
export async function readArgument(argument: string | undefined): Promise<string | null> {
  if (argument === undefined) return null;
  return argument === '-' ? text(process.stdin) : argument;
}

/** The text of a file, or standard input if its name is `-`. */
export function readFileOrInput(file: string): Promise<string> {
  const read = file === '-' ? text(process.stdin) : readFile(file, 'utf8');
  return read.then(withoutByteOrderMark, (error: NodeJS.ErrnoException) => {
    throw new CommandError(`${nameOf(file)} cannot be read: ${error.code ?? error.message}.`);
  });
}

/** Editors of Windows begin a text with it. */
const withoutByteOrderMark = (read: string): string => read.replace(/^\uFEFF/, '');

/** A file as a sentence names it. */
export const nameOf = (file: string): string => (file === '-' ? 'Standard input' : file);
