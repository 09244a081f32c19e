import { describe, expect, it } from 'vitest';
import { readConfig } from '../../server/lib/config.ts';

const ENV = {
  PORT: '3100',
  HOST: '127.0.0.1',
  NODE_ENV: 'development',
  KEYSEAL_DATA_DIR: './other',
  KEYSEAL_SETUP_TOKEN: 'a-token-of-the-operator',
  KEYSEAL_DRAIN_SECONDS: '7',
  DATABASE_URL: 'postgres://keyseal:secret@db.example.com/keyseal',
};

describe('D8: variables from a file with line ends', () => {
  it.each([
    ['Windows', '\r'],
    ['a command', '\n'],
    ['both', '\r\n'],
  ])('of %s are read as without', (_of, end) => {
    const given = Object.fromEntries(Object.entries(ENV).map(([name, value]) => [name, value + end]));
    expect(readConfig(given)).toEqual(readConfig(ENV));
  });

  it('that have nothing else are not set', () => {
    expect(readConfig({ KEYSEAL_DRAIN_SECONDS: '\r', PORT: '\r\n' })).toEqual(readConfig({}));
  });

  it('within a value are not dropped', () => {
    expect(readConfig({ KEYSEAL_SETUP_TOKEN: 'a-token-of\nthe-operator' }).setupToken).toContain('\n');
  });
});
