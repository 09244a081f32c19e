import { describe, expect, it } from 'vitest';
import { roleIn } from '../../server/gate/caller/external-user.ts';

const GROUP = 'kiss-\u00e9quipe';
const rules = [
  { workspace: 'wsp_1', role: 'developer', claim: 'groups', value: GROUP },
  { workspace: 'wsp_1', role: 'viewer', emailDomain: 'kiss.example' },
] as const;
const roleOf = (claims: Record<string, unknown>) => roleIn(rules, claims, 'wsp_1');

describe('a join rule compares a claim exactly', () => {
  it.each<[string, unknown]>([
    ['the text', GROUP],
    ['a list with it', ['others', GROUP]],
  ])('and fits %s', (_, groups) => {
    expect(roleOf({ groups })).toBe('developer');
  });

  it.each<[string, unknown]>([
    ['in another normal form (NFD)', GROUP.normalize('NFD')],
    ['in upper case', GROUP.toUpperCase()],
    ['with a long s', GROUP.replace('ss', '\u017f\u017f')],
    ['with a dotted I', GROUP.replace('i', '\u0130')],
    ['with the sign for kelvin', GROUP.replace('k', '\u212a')],
    ['with a Cyrillic letter', GROUP.replace('i', '\u0456')],
    ['with a space at the end', `${GROUP} `],
    ['with a dot at the end', `${GROUP}.`],
    ['with a line end', `${GROUP}\n`],
    ['with an invisible character', `${GROUP}\u200b`],
    ['within a list within a list', [[GROUP]]],
    ['as the name of a member', { [GROUP]: true }],
    ['as part of a text', `others,${GROUP}`],
    ['as nothing', null],
  ])('and does not fit a text %s', (_, groups) => {
    expect(roleOf({ groups })).toBeUndefined();
  });
});

describe('a join rule for a domain', () => {
  const of = (email: unknown, email_verified: unknown = true) => roleOf({ email, email_verified });

  it.each(['ada@kiss.example', 'ADA@KISS.EXAMPLE', 'ad\u00e0@kiss.example'])('fits %s', (email) => {
    expect(of(email)).toBe('viewer');
  });

  it.each<[string, unknown]>([
    ['a long s', 'ada@ki\u017f\u017f.example'],
    ['the sign for kelvin', 'ada@\u212aiss.example'],
    ['a dotted I', 'ada@k\u0130ss.example'],
    ['a dotless i', 'ada@k\u0131ss.example'],
    ['letters of full width', 'ada@\uff4biss.example'],
    ['a full stop of another script', 'ada@kiss\u3002example'],
    ['a Cyrillic letter', 'ada@k\u0456ss.example'],
    ['a dot at the end', 'ada@kiss.example.'],
    ['a space at the end', 'ada@kiss.example '],
    ['a line end', 'ada@kiss.example\n'],
    ['an invisible character', 'ada@kiss.example\u200b'],
    ['a domain below', 'ada@sub.kiss.example'],
    ['a domain that ends the same', 'ada@notkiss.example'],
    ['two at signs', 'ada@evil.example@kiss.example'],
    ['a quoted part', '"ada@evil.example"@kiss.example'],
    ['a comment', 'ada@kiss.example(evil.example)'],
    ['two addresses', 'ada@evil.example,eve@kiss.example'],
    ['a list', ['ada@kiss.example']],
  ])('does not fit an address with %s', (_, email) => {
    expect(of(email)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['false', false],
    ['a text', 'true'],
    ['a number', 1],
    ['nothing', null],
  ])('does not fit an address of which the issuer says %s', (_, verified) => {
    expect(of('ada@kiss.example', verified)).toBeUndefined();
  });
});
