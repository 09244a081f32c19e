import { Anchor, Button, Group, Modal, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, BASE_PATH } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { Failed } from '../ui/failed.tsx';
import { Loading } from '../ui/loading.tsx';
import { Section } from '../ui/section.tsx';
import type { WorkloadIssuer } from './presets.ts';
import { RuleCard } from './rule-card.tsx';
import { RuleForm } from './rule-form.tsx';
import { workloadTexts } from './texts.ts';

/** The exchange rules of the workspace, and the form for another one. */
export function Workloads() {
  const texts = useTexts(workloadTexts);
  const { data, error, refetch } = useQuery(api.exchangeRules.list.queryOptions());
  const mayCreate = useMay('workspaces:write');
  if (error) return <Failed error={error} again={refetch} />;
  if (!data) return <Loading rows={1} />;
  const { items, issuers } = data;
  return (
    <Section title={texts.title} description={texts.description}>
      {items.map((rule) => (
        <RuleCard key={rule.id} rule={rule} />
      ))}
      {items.length === 0 && issuers.length > 0 && <Text c="dimmed">{texts.none}</Text>}
      {issuers.length === 0 && <Text c="dimmed">{texts.noIssuers}</Text>}
      <Group>
        {mayCreate && issuers.length > 0 && <NewRule issuers={issuers} />}
        <Anchor href={`${BASE_PATH}/docs/workload-identity`}>{texts.more}</Anchor>
      </Group>
    </Section>
  );
}

function NewRule({ issuers }: { readonly issuers: readonly WorkloadIssuer[] }) {
  const texts = useTexts(workloadTexts);
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {texts.add}
      </Button>
      <Modal
        {...{ opened, onClose: close, title: texts.add, size: 'lg', closeOnClickOutside: false }}
        closeButtonProps={{ 'aria-label': texts.close }}
      >
        <RuleForm issuers={issuers} onMade={close} onCancel={close} />
      </Modal>
    </>
  );
}
