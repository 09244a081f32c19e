import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestService } from './service.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * Runs the program in a language that a page of the docs shows, with the key of a service.
 * @param page from the root of the repository
 * @param command with the options after which the program's text comes
 * @param edit what the page says to change in it
 * @returns the data of the answer that it prints
 */
export async function runDocsProgram(
  { url, demo }: Pick<TestService, 'url' | 'demo'>,
  page: string,
  language: string,
  [command = '', ...options]: readonly string[],
  edit: (program: string) => string = (program) => program,
) {
  const text = readFileSync(join(root, page), 'utf8');
  const program = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(text)?.[1] ?? '';
  const { PATH = '', HOME = '' } = process.env;
  const env = {
    ...{ PATH, HOME, KEYSEAL_URL: url, KEYSEAL_API_KEY: demo.apiKey ?? '' },
    KEYSEAL_SIGNING_SECRET: demo.signingSecret,
  };
  const { stdout } = await promisify(execFile)(command, [...options, edit(program)], { env, cwd: root });
  return JSON.parse(stdout).result.data;
}

/** Runs a program for Node. */
export const NODE: readonly string[] = [process.execPath, '--input-type=module', '--eval'];
/** Runs a program for Python. */
export const PYTHON: readonly string[] = ['python3', '-c'];
