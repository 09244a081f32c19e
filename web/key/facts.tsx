import { Code, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ConsoleKey } from '../key-model/key.ts';
import { NamedId } from '../key-model/named-id.tsx';
import { type Names, usePeople } from '../key-model/use-names.ts';
import { type Formats, useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { FactsTable } from '../ui/tables/facts-table.tsx';
import { keyTexts } from './texts.ts';
import { useUnusedPermissions } from './use-unused-permissions.ts';

type Texts = (typeof keyTexts)['en'];

interface KeyFacts {
  readonly key: ConsoleKey;
  readonly people: Names;
  readonly unused: readonly string[] | undefined;
}

/** The attributes of a key with their names. */
function factsOf(
  { key, people, unused }: KeyFacts,
  texts: Texts,
  { dateTime }: Formats,
): readonly (readonly [string, ReactNode])[] {
  const { names } = texts;
  return [
    [names.permissions, <Codes key="permissions" values={key.permissions} />],
    ...(unused ? [[names.unused, <Codes key="unused" values={unused} none={texts.none} />] as const] : []),
    [names.allowedAddresses, <Codes key="addresses" values={key.allowedAddresses} none={texts.anywhere} />],
    [names.expiresAt, key.expiresAt ? dateTime(key.expiresAt) : texts.never],
    [
      names.signature,
      key.signature.thumbprint === null ? (
        texts.signingSecret
      ) : (
        <Codes key="signature" values={[key.signature.algorithm, key.signature.thumbprint]} />
      ),
    ],
    [names.createdAt, dateTime(key.createdAt)],
    [names.lastUsedAt, key.lastUsedAt ? dateTime(key.lastUsedAt) : texts.never],
    [names.rotatedAt, key.rotatedAt ? dateTime(key.rotatedAt) : texts.never],
    [names.previous, key.previous ? texts.previousUntil(dateTime(key.previous.validUntil)) : texts.none],
    [
      names.ownerId,
      key.ownerId ? (
        <NamedId key="owner" id={key.ownerId} name={people.get(key.ownerId)} />
      ) : (
        texts.ofWorkspace
      ),
    ],
    [
      names.externalId,
      key.externalId ? <UserText key="external">{key.externalId}</UserText> : texts.noExternalId,
    ],
    [names.authorities, <Codes key="authorities" values={key.authorities} none={texts.none} />],
    [
      names.metadata,
      Object.keys(key.metadata).length > 0 ? (
        <Code key="metadata" block>
          {JSON.stringify(key.metadata, null, 2)}
        </Code>
      ) : (
        texts.none
      ),
    ],
  ];
}

export function Facts({ apiKey: key }: { readonly apiKey: ConsoleKey }) {
  const texts = useTexts(keyTexts);
  const formats = useFormats();
  const people = usePeople();
  const unused = useUnusedPermissions(key);
  return <FactsTable label={texts.facts} facts={factsOf({ key, people, unused }, texts, formats)} />;
}

function UserText({ children }: { readonly children: string }) {
  return (
    <Text size="sm" className="theirs" dir="auto">
      {children}
    </Text>
  );
}

function Codes({ values, none }: { readonly values: readonly string[]; readonly none?: string }) {
  if (values.length === 0) return none;
  return (
    <Group gap={6}>
      {values.map((value) => (
        <Code key={value}>{value}</Code>
      ))}
    </Group>
  );
}
