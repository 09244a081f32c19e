import { Tabs, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { SignatureDebugger } from '../debugger/signature-debugger.tsx';
import { debuggerTexts } from '../debugger/texts.ts';
import { useTexts } from '../language/language.ts';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { Playground } from './playground.tsx';
import { playgroundTexts } from './texts.ts';

const TABS = ['call', 'debugger'] as const;

export function PlaygroundPage() {
  const { pages } = useTexts(shellTexts);
  const { description, tabs } = useTexts(playgroundTexts);
  const ofDebugger = useTexts(debuggerTexts);
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
          {TABS.map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {tabs[tab]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="call">
          <Playground keyId={key} procedure={procedure} />
        </Tabs.Panel>
        <Tabs.Panel value="debugger">
          <Text c="dimmed" maw="44rem" mb="md">
            {ofDebugger.description}
          </Text>
          <SignatureDebugger />
        </Tabs.Panel>
      </Tabs>
    </ConsolePage>
  );
}
