import { SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/failed.tsx';
import { Section } from '../ui/section.tsx';
import { Facts } from './facts.tsx';
import { CreditsCard, type Left, LimitsCard } from './limits.tsx';
import { keyTexts } from './texts.ts';

/** What a key may do, how often, and until when. */
export function KeyPolicy({ apiKey: key }: { readonly apiKey: ConsoleKey }) {
  const texts = useTexts(keyTexts);
  const left = useLeft(key);
  return (
    <Stack gap="xl">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <LimitsCard limits={key.limits} left={left} />
        <CreditsCard credits={key.credits} />
      </SimpleGrid>
      {key.externalId !== null && <Shared externalId={key.externalId} left={left} />}
      <Section title={texts.facts}>
        <Facts apiKey={key} />
      </Section>
    </Stack>
  );
}

/** Milliseconds after which the remaining credits are fetched again: every call changes them. */
const LEFT_MS = 5_000;

/** The remaining calls of a key's limits, including its external owner's. */
function useLeft({ id }: ConsoleKey): Left {
  const { data } = useQuery(api.keys.limits.queryOptions({ id }, { refetchInterval: LEFT_MS, staleTime: 0 }));
  return useMemo(() => new Map(data?.items.map(({ name, remaining }) => [name, remaining])), [data]);
}

/** The limits and credits that all keys of one external owner share. */
function Shared({ externalId, left }: { readonly externalId: string; readonly left: Left }) {
  const texts = useTexts(keyTexts);
  const { data, error, refetch } = useQuery(api.owners.get.queryOptions({ externalId }));
  return (
    <Section
      title={
        <>
          {texts.shared} <bdi className="theirs">{externalId}</bdi>
        </>
      }
      description={texts.sharedMore}
    >
      <Failed error={error} again={refetch} />
      {data && (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
          <LimitsCard limits={data.limits} order={3} left={left} prefix="owner." />
          <CreditsCard credits={data.credits} order={3} />
        </SimpleGrid>
      )}
    </Section>
  );
}
