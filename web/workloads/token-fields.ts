import { isSubjectPattern } from '../../shared/subject-pattern.ts';
import { PRESETS, presetOf, type WorkloadIssuer } from './presets.ts';
import type { Rule } from './rule.ts';

/** What a rule requires of a token, as it is typed. */
export interface TokenFields {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  /** One `name=value` a line. */
  readonly claims: string;
  /** Seconds. */
  readonly lifetime: string;
  readonly enabled: boolean;
}

/** The fields whose values are wrong. */
export type WrongTokenFields = readonly (keyof TokenFields)[];

/** The fields of a new rule. */
export function newTokenFields([first]: readonly WorkloadIssuer[], audience: string): TokenFields {
  const subject = first ? PRESETS[presetOf(first)].subject : '';
  const issuer = first?.name ?? '';
  return { issuer, audience, subject, claims: '', lifetime: '900', enabled: true };
}

/** The fields of an existing rule. */
export const tokenFieldsOf = ({ issuer, audience, subject, ...rule }: Rule): TokenFields => ({
  issuer,
  audience,
  subject,
  enabled: rule.enabled,
  lifetime: String(rule.lifetimeSeconds),
  claims: Object.entries(rule.claims)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n'),
});

/** The claims of a rule by their names; null if a line is not a claim, or two have one name: only one of them would be sent. */
function claimsOf(text: string): Record<string, string> | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const claims = lines.map((line) => /^\s*([^=\s][^=]*?)\s*=(.*)$/.exec(line));
  if (claims.length > 10 || claims.includes(null)) return null;
  const names = claims.map((found) => found?.[1] ?? '');
  if (new Set(names).size < names.length) return null;
  return Object.fromEntries(claims.map((found, i) => [names[i] ?? '', (found?.[2] ?? '').trim()]));
}

/** Validates the fields as the service would. */
export function wrongTokenFields({ issuer, audience, subject, claims }: TokenFields): WrongTokenFields {
  const wrong = {
    issuer: issuer === '',
    audience: audience.trim() === '' || audience.trim().length > 255,
    subject: !isSubjectPattern(subject.trim()),
    claims: claimsOf(claims) === null,
  };
  return (Object.keys(wrong) as (keyof typeof wrong)[]).filter((field) => wrong[field]);
}

/** The fields as input of `exchangeRules.create`. */
export const tokenPartOf = ({ issuer, audience, subject, claims, lifetime }: TokenFields) => ({
  issuer,
  audience: audience.trim(),
  subject: subject.trim(),
  claims: claimsOf(claims) ?? {},
  lifetimeSeconds: Number(lifetime),
});

/**
 * What of the fields differs from an existing rule, as input of `exchangeRules.update`. A field that nobody changed is not
 * sent: a rule that a program created may have claims that this form cannot show.
 */
export function changedTokenPart(fields: TokenFields, rule: Rule) {
  const before = tokenFieldsOf(rule);
  const { issuer, audience, subject, claims, lifetimeSeconds } = tokenPartOf(fields);
  return {
    ...(fields.issuer === before.issuer ? {} : { issuer }),
    ...(audience === before.audience.trim() ? {} : { audience }),
    ...(subject === before.subject ? {} : { subject }),
    ...(fields.claims === before.claims ? {} : { claims }),
    ...(fields.lifetime === before.lifetime ? {} : { lifetimeSeconds }),
    ...(fields.enabled === before.enabled ? {} : { enabled: fields.enabled }),
  };
}
