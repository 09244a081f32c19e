import { Anchor, SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { Section } from '../ui/page/section.tsx';
import { Facts } from './facts.tsx';
import { CreditsCard, LimitsCard } from './limits.tsx';
import { keyTexts } from './texts.ts';
import { type RemainingCalls, useRemainingCalls } from './use-remaining-calls.ts';

/** What a key may do, how often, and until when. */
export function KeyPolicy({ apiKey: key }: { readonly apiKey: ConsoleKey }) {
  const texts = useTexts(keyTexts);
  const left = useRemainingCalls(key);
  const mayChange = useMay('keys:write') && key.status !== 'revoked';
  const change = mayChange && <ChangeLink id={key.id} />;
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <LimitsCard limits={key.limits} left={left} change={change} />
        <CreditsCard credits={key.credits} change={change} />
      </SimpleGrid>
      {key.externalId !== null && <SharedLimits externalId={key.externalId} left={left} />}
      <Section title={texts.facts}>
        <Facts apiKey={key} />
      </Section>
    </Stack>
  );
}

/** Leads to the form that changes limits and credits. */
function ChangeLink({ id }: { readonly id: string }) {
  const { change } = useTexts(keyTexts);
  return (
    <Anchor
      size="sm"
      renderRoot={(props) => <Link {...props} to="/keys/$id" params={{ id }} search={{ tab: 'settings' }} />}
    >
      {change}
    </Anchor>
  );
}

/** The limits and credits that all keys of one external owner share. */
function SharedLimits({ externalId, left }: { readonly externalId: string; readonly left: RemainingCalls }) {
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
      <Failed error={error} retry={refetch} />
      {data && (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <LimitsCard limits={data.limits} order={3} left={left} prefix="owner." />
          <CreditsCard credits={data.credits} order={3} />
        </SimpleGrid>
      )}
    </Section>
  );
}
