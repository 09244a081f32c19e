import { accessSync, constants, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyseal } from '../harness/cli.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the command line', () => {
  it('is the `keyseal` of package.json, with a shebang', () => {
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(bin).toEqual({ keyseal: 'dist/cli/main.js' });
    accessSync(join(root, bin.keyseal), constants.R_OK);
    expect(readFileSync(join(root, bin.keyseal), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('prints its version and its help with status 0', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(await keyseal(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
    expect(await keyseal(['--help'])).toMatchObject({ code: 0, err: '' });
    expect(await keyseal(['help', 'migrate'])).toMatchObject({ code: 0 });
  });

  it.each<[string[], string]>([
    [['migrat'], "Unknown command 'migrat'. Did you mean migrate?"],
    [['users', 'lst'], "Unknown command 'lst'. Did you mean list?"],
    [['migrate', '--jsn'], "Unknown option '--jsn'. Did you mean --json?"],
    [['users', 'disable'], "Missing required argument 'user'."],
    [['serve', 'now'], "Too many arguments for 'serve'. Expected 0 arguments but got 1."],
    [
      ['users', 'list', '--limit', '0'],
      "Option '--limit <number>' argument '0' is invalid. It must be a whole number from 1 to 1000.",
    ],
    [
      ['keys', 'list', '--workspace', 'w', '--status', 'old'],
      "Option '--status <status>' argument 'old' is invalid. Allowed choices are active, disabled, expired, revoked.",
    ],
    [['keys', 'list'], "Required option '--workspace <id>' not specified."],
    [['call', 'exempel'], 'There is no procedure "exempel" in this version. Did you mean exemple?'],
    [['call', 'nothing.like.it'], 'There is no procedure "nothing.like.it" in this version.'],
    [['call', 'clock'], '"clock" is a subscription. keyseal call supports only queries and mutations.'],
    [['call', 'exemple', '{name'], 'The input is not JSON.'],
  ])('refuses %j with status 64 and a sentence', async (args, sentence) => {
    expect(await keyseal(args)).toMatchObject({ code: 64, out: '', err: `keyseal: ${sentence}\n` });
  });

  it('lists the commands if none is given, with status 64', async () => {
    for (const args of [[], ['users'], ['keys'], ['master-key']]) {
      const { code, out, err } = await keyseal(args);
      expect([code, out]).toEqual([64, '']);
      expect(err).toContain('Commands:');
    }
  });

  it('prints errors as JSON with --json', async () => {
    for (const args of [
      ['migrat', '--json'],
      ['users', 'disable', '--json'],
      ['call', 'exemple', '{', '--json'],
    ]) {
      const { code, out, err } = await keyseal(args);
      expect([code, out]).toEqual([64, '']);
      expect(JSON.parse(err).error).toEqual({ message: expect.any(String), exit: 64 });
    }
  });

  it('refuses a wrong configuration without printing a secret of it', async () => {
    const env = { KEYSEAL_MASTER_KEYS: 'hunter2' };
    for (const args of [
      ['migrate'],
      ['setup-token'],
      ['users', 'list'],
      ['serve'],
      ['master-key', 'rotate'],
    ]) {
      const { code, err } = await keyseal(args, { env });
      expect([code, err]).toEqual([
        78,
        expect.stringMatching(/^keyseal: KEYSEAL_MASTER_KEYS accepts [^\n]+\n$/),
      ]);
      expect(err).not.toContain('hunter2');
    }
  });
});
