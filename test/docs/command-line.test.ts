import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { loadBuiltInApi } from '../../cli/load-api.ts';
import { EXIT } from '../../cli/output/failure.ts';
import { createProgram } from '../../cli/program.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs/operators/cli.md'), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split('\n', 1)[0] ?? '', section]),
);
const rows = (section: string) =>
  [...section.matchAll(/^\| `?([^`|]+?)`? \|/gm)].map(([, cell = '']) => cell);

/** Every command that does something, by the words that call it. */
function leaves(command: Command, path: string): [string, Command][] {
  const name = `${path} ${command.name()}`.trim();
  return command.commands.length === 0
    ? [[name, command]]
    : command.commands.flatMap((one) => leaves(one, name));
}
const commands = leaves(await createProgram(loadBuiltInApi, []), '');

it('the page of the command line has every command, and no other', () => {
  const said = [...sections.keys()].filter((name) => name.startsWith('keyseal '));
  expect(said.sort()).toEqual(commands.map(([name]) => name).sort());
});

it.each(commands)('the page has every argument and option of %s, and no other', (name, command) => {
  const help = command.createHelp();
  const known = [
    ...command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`)),
    ...help.visibleOptions(command).map(({ flags }) => flags),
  ].filter((flags) => flags !== '-h, --help');
  const said = rows(sections.get(name) ?? '').filter((cell) => cell !== 'argument' && cell !== '---');
  expect(said.sort()).toEqual(known.sort());
});

it('the page has every exit status', () => {
  const said = rows(sections.get('Exit status') ?? '').filter((cell) => /^\d+$/.test(cell));
  expect(said.map(Number)).toEqual(Object.values(EXIT));
});
