import { client } from '../api/service.ts';
import { Latency } from '../charts/latency.tsx';
import { Procedures } from '../charts/procedures.tsx';
import { Refusals } from '../charts/refusals.tsx';
import { NoCalls, UsagePanel } from '../charts/usage-panel.tsx';
import type { UsageSearch } from '../charts/usage-search.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { PlaygroundLink } from './playground-link.tsx';

interface KeyUsageProps {
  readonly apiKey: ConsoleKey;
  readonly search: UsageSearch;
  readonly onSearch: (search: UsageSearch) => void;
}

/** How the calls of a key ended. */
export function KeyUsage({ apiKey: { id }, search, onSearch }: KeyUsageProps) {
  return (
    <UsagePanel
      about={id}
      ask={(span) => client.usage.key.query({ id, ...span })}
      search={search}
      onSearch={onSearch}
      nothing={
        <NoCalls>
          <PlaygroundLink id={id} />
        </NoCalls>
      }
    >
      {(usage) => (
        <>
          <Latency latency={usage.latency} />
          <Refusals series={usage} />
          <Procedures series={usage} />
        </>
      )}
    </UsagePanel>
  );
}
