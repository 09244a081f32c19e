import { SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Key } from '../keys/key.ts';
import { useTexts } from '../language/language.ts';
import { api } from '../service.ts';
import { Failed } from '../shell/failed.tsx';
import { Facts } from './facts.tsx';
import { Credits, Limits } from './limits.tsx';
import { keyTexts } from './texts.ts';

/** What a key may do, how often, and until when, as it stands. */
export function KeyPolicy({ of: key }: { readonly of: Key }) {
  const texts = useTexts(keyTexts);
  return (
    <Stack gap="xl">
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <Limits of={key.limits} />
        <Credits of={key.credits} />
      </SimpleGrid>
      {key.externalId !== null && <Shared externalId={key.externalId} />}
      <Stack gap="sm">
        <Title order={2} size="h4">
          {texts.facts}
        </Title>
        <Facts of={key} />
      </Stack>
    </Stack>
  );
}

/** What all keys of one external owner have together. */
function Shared({ externalId }: { readonly externalId: string }) {
  const texts = useTexts(keyTexts);
  const { data, error, refetch } = useQuery(api.owners.get.queryOptions({ externalId }));
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        {texts.shared}{' '}
        <span className="theirs" dir="auto">
          {externalId}
        </span>
      </Title>
      <Text size="sm" c="dimmed">
        {texts.sharedMore}
      </Text>
      <Failed error={error} again={refetch} />
      {data && (
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
          <Limits of={data.limits} order={3} />
          <Credits of={data.credits} order={3} />
        </SimpleGrid>
      )}
    </Stack>
  );
}
