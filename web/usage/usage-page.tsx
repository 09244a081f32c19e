import { useNavigate, useSearch } from '@tanstack/react-router';
import { client } from '../api/service.ts';
import { Latency } from '../charts/latency.tsx';
import { KeyFilter } from '../key-model/key-filter.tsx';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { SectionBoundary } from '../ui/feedback/section-boundary.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { BusiestKeys } from './busiest-keys.tsx';
import { CallDetails } from './call-details.tsx';
import { EnvironmentFilter } from './environment-filter.tsx';
import { usageTexts } from './texts.ts';
import { NoCalls, UsagePanel } from './usage-panel.tsx';
import type { WorkspaceSearch } from './workspace-search.ts';

const PLACE = '/shell/inside/usage' as const;

type WorkspaceUsage = Awaited<ReturnType<typeof client.usage.workspace.query>>;
/** The keys that called most are those of a workspace only. */
type Usage = Omit<WorkspaceUsage, 'keys'> & { readonly keys: WorkspaceUsage['keys'] | null };

/** A key has one environment: with a key, the environment does not matter. */
async function askFor(
  { key, environment }: Pick<WorkspaceSearch, 'key' | 'environment'>,
  asked: Parameters<typeof client.usage.workspace.query>[0],
): Promise<Usage> {
  if (key === undefined)
    return client.usage.workspace.query({ ...asked, ...(environment === undefined ? {} : { environment }) });
  return { ...(await client.usage.key.query({ ...asked, id: key })), keys: null };
}

/** How the calls of the workspace's keys ended, or those of one of them. */
export function UsagePage() {
  const { pages } = useTexts(shellTexts);
  const { description } = useTexts(usageTexts);
  const { workspace } = useMe();
  const search = useSearch({ from: PLACE });
  const { key, environment } = search;
  const navigate = useNavigate({ from: '/usage' });
  const onSearch = (change: WorkspaceSearch) =>
    void navigate({ search: { ...search, ...change }, resetScroll: false });
  return (
    <ConsolePage title={pages['/usage']} description={description}>
      <UsagePanel
        subject={key ?? `${workspace.id} ${environment ?? ''}`}
        onlyKey={key}
        onlyEnvironment={environment}
        query={(span) => askFor(search, span)}
        filter={
          <>
            <KeyFilter
              chosen={key}
              size="xs"
              flex="1 1 9rem"
              maw={{ base: '100%', xs: '18rem' }}
              onChoose={(id) => onSearch({ key: id, environment: undefined })}
            />
            <EnvironmentFilter
              chosen={environment}
              onChoose={(chosen) => onSearch({ environment: chosen, key: undefined })}
            />
          </>
        }
        search={search}
        onSearch={onSearch}
        emptyState={<NoCalls />}
      >
        {(usage) => (
          <>
            <SectionBoundary>
              <Latency latency={usage.latency} />
            </SectionBoundary>
            <SectionBoundary>
              <CallDetails series={usage}>{usage.keys && <BusiestKeys keys={usage.keys} />}</CallDetails>
            </SectionBoundary>
          </>
        )}
      </UsagePanel>
    </ConsolePage>
  );
}
