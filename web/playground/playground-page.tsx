import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { SignatureDebugger } from '../debugger/signature-debugger.tsx';
import { useTexts } from '../language/language.ts';
import { ConsolePage } from '../ui/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { Playground } from './playground.tsx';
import { playgroundTexts } from './texts.ts';

const TABS = ['call', 'debugger'] as const;

export function PlaygroundPage() {
  const { pages } = useTexts(shellTexts);
  const { description, tabs } = useTexts(playgroundTexts);
  const { key, procedure, tab } = useSearch({ strict: false });
  const navigate = useNavigate();
  const open = (chosen: string | null) =>
    void navigate({
      to: '/playground',
      search: { key, procedure, tab: chosen === 'debugger' ? chosen : undefined },
      replace: true,
    });
  return (
    <ConsolePage title={pages['/playground']} description={description}>
      <Tabs value={tab ?? 'call'} onChange={open}>
        <Tabs.List mb="lg">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {tabs[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="call">
          <Playground keyId={key} procedure={procedure} />
        </Tabs.Panel>
        <Tabs.Panel value="debugger">
          <SignatureDebugger />
        </Tabs.Panel>
      </Tabs>
    </ConsolePage>
  );
}
