import { Tabs } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { AuditRecords } from '../audit/audit-records.tsx';
import { NoAudit } from '../audit/no-audit.tsx';
import type { ConsoleKey } from '../key-model/key.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { SectionBoundary } from '../ui/feedback/section-boundary.tsx';
import { KeyPolicy } from './key-policy.tsx';
import { KEY_TABS, type KeySearch } from './key-search.ts';
import { KeyUsage } from './key-usage.tsx';
import { LiveTail } from './live-tail.tsx';
import { KeySettings } from './settings/key-settings.tsx';
import { keyTexts } from './texts.ts';

/** The views of a key as tabs. The URL has the tab, so that a reload and a link find it. */
export function KeyTabs({ apiKey: key }: { readonly apiKey: ConsoleKey }) {
  const texts = useTexts(keyTexts);
  const search = useSearch({ from: '/shell/inside/keys/$id' });
  const navigate = useNavigate({ from: '/keys/$id' });
  const may = { settings: useMay('keys:write'), audit: useMay('audit:read') };
  const tabs = KEY_TABS.filter((tab) => tab !== 'settings' || may.settings);
  const { tab = 'usage' } = search;
  const list = useRef<HTMLDivElement>(null);
  // On a phone the list scrolls; the page around it stays.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another tab is another element
  useEffect(() => {
    const selected = list.current?.querySelector('[aria-selected=true]');
    if (!list.current || !selected) return;
    const [all, one] = [list.current, selected].map((element) => element.getBoundingClientRect());
    if (all && one) list.current.scrollBy({ left: one.x + one.width / 2 - (all.x + all.width / 2) });
  }, [tab]);
  const onSearch = (change: KeySearch) =>
    void navigate({ search: { ...search, ...change }, resetScroll: false });
  const panels = {
    usage: () => <KeyUsage apiKey={key} search={search} onSearch={onSearch} />,
    live: () => <LiveTail apiKey={key} />,
    policy: () => <KeyPolicy apiKey={key} />,
    audit: () => (may.audit ? <AuditRecords filter={{ subject: key.id }} /> : <NoAudit />),
    settings: () => <KeySettings apiKey={key} />,
  };
  return (
    <Tabs
      value={tabs.find((tabName) => tabName === tab) ?? 'usage'}
      onChange={(to) => onSearch({ tab: to as (typeof tabs)[number] })}
      keepMounted={false}
    >
      <Tabs.List mb="lg" ref={list}>
        {tabs.map((tabName) => (
          <Tabs.Tab key={tabName} value={tabName}>
            {texts.tabs[tabName]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((tabName) => (
        <Tabs.Panel key={tabName} value={tabName}>
          <SectionBoundary>{panels[tabName]()}</SectionBoundary>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
