import { expect, it } from 'vitest';
import { newTokenFields, wrongTokenFields } from '../../web/workloads/token-fields.ts';

const fields = (claims: string) => ({
  ...newTokenFields([{ name: 'github', issuer: 'https://token.actions.githubusercontent.com' }], 'x'),
  claims,
});

it.each<[string, string, boolean]>([
  ['claims with different names', 'ref=main\nref_type=branch', false],
  ['two values of one claim, of which one would be lost', 'ref=main\n ref =release', true],
  ['a line without a value', 'ref', true],
])('%s', (_, claims, isWrong) => {
  expect(wrongTokenFields(fields(claims))).toEqual(isWrong ? ['claims'] : []);
});
