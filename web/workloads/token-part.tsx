import { NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import type { WorkloadIssuer } from './presets.ts';
import { workloadTexts } from './texts.ts';
import type { TokenFields, WrongTokenFields } from './token-fields.ts';

interface TokenPartProps {
  readonly issuers: readonly WorkloadIssuer[];
  readonly token: TokenFields;
  readonly wrong: WrongTokenFields;
  readonly onChange: (fields: Partial<TokenFields>) => void;
}

const MONOSPACE = { input: { fontFamily: 'var(--mantine-font-family-monospace)' } };
const TYPED = { autoComplete: 'off', spellCheck: false, styles: MONOSPACE } as const;

/** What the token of a workload must be. */
export function TokenPart({ issuers, token, wrong, onChange }: TokenPartProps) {
  const texts = useTexts(workloadTexts);
  const errorOf = (field: keyof typeof texts.errors) => (wrong.includes(field) ? texts.errors[field] : null);
  return (
    <>
      <NativeSelect
        label={texts.issuer}
        value={token.issuer}
        error={errorOf('issuer')}
        data={[
          ...issuers.map(({ name, issuer }) => ({ value: name, label: `${name} (${issuer})` })),
          // Of an existing rule, whose issuer is no longer configured.
          ...(issuers.some(({ name }) => name === token.issuer) ? [] : [token.issuer]),
        ]}
        onChange={({ currentTarget }) => onChange({ issuer: currentTarget.value })}
      />
      <TextInput
        label={texts.audience}
        description={texts.audienceHint}
        {...TYPED}
        required
        value={token.audience}
        error={errorOf('audience')}
        onChange={({ currentTarget }) => onChange({ audience: currentTarget.value })}
      />
      <TextInput
        label={texts.subject}
        description={texts.subjectHint}
        {...TYPED}
        required
        value={token.subject}
        error={errorOf('subject')}
        onChange={({ currentTarget }) => onChange({ subject: currentTarget.value })}
      />
      <Textarea
        label={texts.claims}
        description={texts.claimsHint}
        {...TYPED}
        rows={2}
        value={token.claims}
        error={errorOf('claims')}
        onChange={({ currentTarget }) => onChange({ claims: currentTarget.value })}
      />
      <Lifetime value={token.lifetime} onChange={(lifetime) => onChange({ lifetime })} />
    </>
  );
}

interface LifetimeProps {
  /** Seconds. */
  readonly value: string;
  readonly onChange: (seconds: string) => void;
}

/** How long a key is valid after the exchange. A rule may have another lifetime than those to choose from. */
function Lifetime({ value, onChange }: LifetimeProps) {
  const { lifetime, lifetimes, minutes } = useTexts(workloadTexts);
  const others = value in lifetimes ? [] : [{ value, label: minutes(String(Number(value) / 60)) }];
  return (
    <NativeSelect
      label={lifetime}
      value={value}
      data={[...Object.entries(lifetimes).map(([seconds, label]) => ({ value: seconds, label })), ...others]}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
