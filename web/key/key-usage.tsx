import { SimpleGrid } from '@mantine/core';
import { client } from '../api/service.ts';
import { Latency } from '../charts/latency.tsx';
import type { ConsoleKey } from '../key-model/key.ts';
import { SectionBoundary } from '../ui/feedback/section-boundary.tsx';
import { CallDetails } from '../usage/call-details.tsx';
import { NoCalls, UsagePanel } from '../usage/usage-panel.tsx';
import type { UsageSearch } from '../usage/usage-search.ts';
import { CreditsCard, LimitsCard } from './limits.tsx';
import { PlaygroundLink } from './playground-link.tsx';
import { useRemainingCalls } from './use-remaining-calls.ts';

interface KeyUsageProps {
  readonly apiKey: ConsoleKey;
  readonly search: UsageSearch;
  readonly onSearch: (search: UsageSearch) => void;
}

/** How the calls of a key ended. */
export function KeyUsage({ apiKey, search, onSearch }: KeyUsageProps) {
  const { id } = apiKey;
  return (
    <UsagePanel
      subject={id}
      onlyKey={id}
      query={(span) => client.usage.key.query({ id, ...span })}
      search={search}
      onSearch={onSearch}
      emptyState={
        <NoCalls>
          <PlaygroundLink id={id} />
        </NoCalls>
      }
    >
      {(usage) => (
        <>
          <SectionBoundary>
            <Gauges apiKey={apiKey} />
          </SectionBoundary>
          <SectionBoundary>
            <Latency latency={usage.latency} />
          </SectionBoundary>
          <SectionBoundary>
            <CallDetails series={usage} />
          </SectionBoundary>
        </>
      )}
    </UsagePanel>
  );
}

/** What is left of the key's own limits and credits; nothing if it has neither. */
function Gauges({ apiKey: key }: { readonly apiKey: ConsoleKey }) {
  const left = useRemainingCalls(key);
  const cards = [
    key.limits.length > 0 && <LimitsCard key="limits" limits={key.limits} left={left} />,
    key.credits && <CreditsCard key="credits" credits={key.credits} />,
  ].filter(Boolean);
  if (cards.length === 0) return null;
  return (
    <SimpleGrid cols={{ base: 1, md: cards.length }} spacing="lg">
      {cards}
    </SimpleGrid>
  );
}
