import { Code, Paper, Text, Title } from '@mantine/core';
import { useId } from 'react';
import { type KeyFields, lastDayOf, linesOf } from '../key-form/key-fields.ts';
import { fieldTexts } from '../key-form/texts.ts';
import { usePermissionHint } from '../key-form/use-permission-hint.ts';
import { type Formats, useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import classes from './key-preview.module.css';
import { createTexts } from './texts.ts';

/** What the key will be allowed to do, as the form has it now. */
export function KeyPreview({ fields }: { readonly fields: KeyFields }) {
  const { preview } = useTexts(createTexts);
  const id = useId();
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={id}>
      <Title order={3} size="h6" id={id} mb="xs">
        {preview.title}
      </Title>
      <Allowed permissions={fields.permissions} />
      <Text component="ul" size="sm" className={classes.bounds}>
        {[...new Set(useBounds(fields))].map((bound) => (
          <li key={bound}>{bound}</li>
        ))}
      </Text>
    </Paper>
  );
}

/** Each permission with what it allows, if that is known. */
function Allowed({ permissions }: Pick<KeyFields, 'permissions'>) {
  const { preview } = useTexts(createTexts);
  const hintOf = usePermissionHint();
  if (permissions.length === 0) return <Text size="sm">{preview.nothing}</Text>;
  return (
    <Text component="ul" size="sm" className={classes.allowed}>
      {permissions.map((name) => (
        <li key={name}>
          <Code>{name}</Code> <span>{hintOf(name)}</span>
        </li>
      ))}
    </Text>
  );
}

type PreviewTexts = (typeof createTexts)['en']['preview'];

/** The sentences about everything that bounds the key. */
function useBounds(fields: KeyFields): readonly string[] {
  const { preview } = useTexts(createTexts);
  const { environmentHints } = useTexts(fieldTexts);
  const formats = useFormats();
  return [
    environmentHints[fields.environment],
    preview.signers[fields.signer],
    ...expiryOf(fields, preview, formats),
    ...limitsOf(fields, preview, formats),
    ...creditsOf(fields, preview, formats),
    ...ownerOf(fields, preview),
    addressesOf(fields, preview, formats),
    ...(fields.isService ? [preview.service] : []),
  ];
}

/** Nothing while a field is not filled in: the form says so once it is sent. */
function expiryOf({ expiry }: KeyFields, texts: PreviewTexts, { day }: Formats): readonly string[] {
  if (expiry.choice === 'never') return [texts.never];
  const noon = `${lastDayOf(expiry, new Date())}T12:00:00Z`;
  return Number.isNaN(Date.parse(noon)) ? [] : [texts.until(day(noon))];
}

const isWhole = (text: string): boolean => /^\d+$/.test(text.trim());

function limitsOf(
  { limits, externalId }: KeyFields,
  texts: PreviewTexts,
  { number, span }: Formats,
): readonly string[] {
  if (limits.length === 0 && externalId.trim() === '') return [texts.noLimit];
  return limits
    .filter(({ limit, every }) => isWhole(limit) && isWhole(every))
    .map(({ limit, every, unit }) => texts.limit(number(Number(limit)), span(Number(every), unit)));
}

function creditsOf(
  { credits, externalId }: KeyFields,
  texts: PreviewTexts,
  { number }: Formats,
): readonly string[] {
  const { metered, remaining, refill, amount } = credits;
  if (!metered) return externalId.trim() === '' ? [texts.noCredits] : [];
  if (!isWhole(remaining)) return [];
  const left = number(Number(remaining));
  if (refill === 'none') return [texts.credits(left)];
  return isWhole(amount) ? [texts.refilled(left, number(Number(amount)), refill)] : [];
}

/** The limits and credits of an external owner are not known here, and apply too. */
const ownerOf = ({ externalId }: KeyFields, texts: PreviewTexts): readonly string[] =>
  externalId.trim() === '' ? [] : [texts.owner(externalId.trim())];

function addressesOf({ addresses }: KeyFields, texts: PreviewTexts, { list }: Formats): string {
  const lines = linesOf(addresses);
  if (lines.length === 0) return texts.anywhere;
  return lines.length > 3 ? texts.manyAddresses(lines.length) : texts.addresses(list(lines));
}
