import { useNavigate, useSearch } from '@tanstack/react-router';
import { client } from '../api/service.ts';
import { Latency } from '../charts/latency.tsx';
import { Procedures } from '../charts/procedures.tsx';
import { Refusals } from '../charts/refusals.tsx';
import { NoCalls, UsagePanel } from '../charts/usage-panel.tsx';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { ConsolePage } from '../ui/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { BusiestKeys } from './busiest-keys.tsx';
import { usageTexts } from './texts.ts';

const PLACE = '/shell/inside/usage' as const;

/** How the calls of all keys of the workspace ended. */
export function UsagePage() {
  const { pages } = useTexts(shellTexts);
  const { description } = useTexts(usageTexts);
  const { workspace } = useMe();
  const search = useSearch({ from: PLACE });
  const navigate = useNavigate({ from: '/usage' });
  return (
    <ConsolePage title={pages['/usage']} description={description}>
      <UsagePanel
        about={workspace.id}
        ask={(span) => client.usage.workspace.query(span)}
        search={search}
        onSearch={(change) =>
          void navigate({ search: { ...search, ...change }, replace: true, resetScroll: false })
        }
        nothing={<NoCalls />}
      >
        {(usage) => (
          <>
            <Latency latency={usage.latency} />
            <BusiestKeys keys={usage.keys} />
            <Refusals series={usage} />
            <Procedures series={usage} />
          </>
        )}
      </UsagePanel>
    </ConsolePage>
  );
}
