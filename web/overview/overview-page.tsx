import { SimpleGrid } from '@mantine/core';
import { Latency } from '../charts/latency.tsx';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { SectionBoundary } from '../ui/feedback/section-boundary.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { CallFigures } from './call-figures.tsx';
import { Checklist } from './checklist.tsx';
import { KeySafety } from './key-safety.tsx';
import { RecentRefusals } from './recent-refusals.tsx';
import { overviewTexts } from './texts.ts';
import { useActiveKeys } from './use-active-keys.ts';
import { useRecentCalls } from './use-recent-calls.ts';

/** The state of the workspace at a glance. */
export function OverviewPage() {
  const { pages } = useTexts(shellTexts);
  const { description } = useTexts(overviewTexts);
  const [active, calls] = [useActiveKeys(), useRecentCalls()];
  const mayCreate = useMay('keys:write');
  const retry = () => {
    for (const query of [active, calls]) if (query.error) void query.refetch();
  };
  const isLoading = active.isLoading || calls.isLoading;
  return (
    <ConsolePage title={pages['/']} description={description}>
      <Failed error={active.error ?? calls.error} retry={retry} />
      {isLoading && <Loading rows={6} />}
      {active.data && mayCreate && (
        <SectionBoundary>
          <Checklist keys={active.data.keys} accepted={calls.data?.day.accepted ?? 0} />
        </SectionBoundary>
      )}
      <SectionBoundary>
        {calls.data && <CallFigures calls={calls.data} active={active.data} />}
      </SectionBoundary>
      <SectionBoundary>{calls.data && <Latency latency={calls.data.day.latency} />}</SectionBoundary>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" style={{ alignItems: 'start' }}>
        <SectionBoundary>{active.data && <KeySafety active={active.data} />}</SectionBoundary>
        <SectionBoundary>
          {calls.data && <RecentRefusals outcomes={calls.data.day.outcomes} />}
        </SectionBoundary>
      </SimpleGrid>
    </ConsolePage>
  );
}
