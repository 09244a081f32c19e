import { Anchor, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { BASE_PATH } from '../api/browser-session.ts';
import { api } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { Section } from '../ui/page/section.tsx';
import { RuleCard } from './rule-card.tsx';
import { RuleDialog } from './rule-dialog.tsx';
import { workloadTexts } from './texts.ts';

/** The exchange rules of the workspace, and the form for another one. */
export function Workloads() {
  const texts = useTexts(workloadTexts);
  const { data, error, refetch } = useQuery(api.exchangeRules.list.queryOptions());
  const mayCreate = useMay('workspaces:write');
  if (error) return <Failed error={error} retry={refetch} />;
  if (!data) return <Loading rows={1} />;
  const { items, issuers } = data;
  return (
    <Section isSplit title={texts.title} description={texts.description}>
      {items.map((rule) => (
        <RuleCard key={rule.id} rule={rule} issuers={issuers} />
      ))}
      {items.length === 0 && issuers.length > 0 && <Text c="dimmed">{texts.none}</Text>}
      {issuers.length === 0 && <Text c="dimmed">{texts.noIssuers}</Text>}
      <Group>
        {mayCreate && issuers.length > 0 && (
          <RuleDialog issuers={issuers} title={texts.add} act={texts.add} />
        )}
        <Anchor href={`${BASE_PATH}/docs/workload-identity`}>{texts.more}</Anchor>
      </Group>
    </Section>
  );
}
