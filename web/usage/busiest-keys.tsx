import { Group, Text } from '@mantine/core';
import type { client } from '../api/service.ts';
import { CountsTable } from '../charts/counts-table.tsx';
import { KeyLink } from '../key-model/key-link.tsx';
import { ShortId } from '../key-model/short-id.tsx';
import { useTexts } from '../language/language.ts';
import { Section } from '../ui/page/section.tsx';
import { usageTexts } from './texts.ts';

type BusyKey = Awaited<ReturnType<typeof client.usage.workspace.query>>['keys'][number];

/** The keys with the most calls, each with a link to its page. */
export function BusiestKeys({ keys }: { readonly keys: readonly BusyKey[] }) {
  const texts = useTexts(usageTexts);
  if (keys.length === 0) return null;
  return (
    <Section title={texts.busiest}>
      <CountsTable
        label={texts.busiest}
        head={texts.key}
        rows={keys.map(({ id, name, ...counts }) => ({
          ...counts,
          key: id,
          name: <KeyName apiKey={{ id, name }} />,
        }))}
      />
    </Section>
  );
}

function KeyName({ apiKey: { id, name } }: { readonly apiKey: Pick<BusyKey, 'id' | 'name'> }) {
  const { deleted } = useTexts(usageTexts);
  return (
    <Group gap="0 0.5rem">
      {name === null ? (
        <Text size="sm" c="dimmed">
          {deleted}
        </Text>
      ) : (
        <KeyLink id={id} name={name} lineClamp={2} />
      )}
      <ShortId id={id} />
    </Group>
  );
}
