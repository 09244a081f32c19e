import { Badge, Button, Card, Code, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/service.ts';
import { EnvironmentBadge } from '../key-model/environment-badge.tsx';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { ConfirmDialog } from '../ui/feedback/confirm-dialog.tsx';
import { shellTexts } from '../ui/texts.ts';
import type { WorkloadIssuer } from './presets.ts';
import type { Rule } from './rule.ts';
import { RuleDialog } from './rule-dialog.tsx';
import { workloadTexts } from './texts.ts';

interface RuleCardProps {
  readonly rule: Rule;
  readonly issuers: readonly WorkloadIssuer[];
}

/** One exchange rule, and the buttons that change and delete it. */
export function RuleCard({ rule, issuers }: RuleCardProps) {
  const texts = useTexts(workloadTexts);
  const { labelled } = useTexts(shellTexts);
  const mayDelete = useMay('keys:write');
  const mayChange = useMay('workspaces:write');
  const claims = Object.entries(rule.claims).map(([name, value]) => `${name}=${value}`);
  const facts: readonly (readonly [string, string])[] = [
    [texts.facts.issuer, rule.issuer],
    [texts.facts.audience, rule.audience],
    [texts.facts.subject, rule.subject],
    ...(claims.length > 0 ? [[texts.facts.claims, claims.join(', ')] as const] : []),
    [texts.facts.permissions, rule.permissions.join(', ')],
  ];
  return (
    <Card withBorder>
      <Stack gap="xs">
        <Group justify="space-between" align="flex-start">
          <Group gap="xs">
            <Text fw={500} className="theirs">
              <bdi>{rule.name}</bdi>
            </Text>
            <EnvironmentBadge environment={rule.environment} />
            {!rule.enabled && <Badge color="gray">{texts.disabled}</Badge>}
          </Group>
          <Group gap="xs">
            {mayChange && (
              <RuleDialog
                issuers={issuers}
                rule={rule}
                title={texts.editTitle}
                act={texts.edit}
                size="xs"
                label={texts.editOf(rule.name)}
              />
            )}
            {mayDelete && <DeleteRule rule={rule} />}
          </Group>
        </Group>
        {facts.map(([name, value]) => (
          <Text key={name} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {labelled(name)} <Code style={{ whiteSpace: 'normal' }}>{value}</Code>
          </Text>
        ))}
        <Text size="sm" c="dimmed">
          {texts.activeKeys(rule.activeKeys)} · {texts.lifetimeOf(String(rule.lifetimeSeconds / 60))}
        </Text>
      </Stack>
    </Card>
  );
}

function DeleteRule({ rule: { id, name } }: { readonly rule: Rule }) {
  const texts = useTexts(workloadTexts);
  const queries = useQueryClient();
  const [opened, setOpened] = useState(false);
  const remove = useMutation(
    api.exchangeRules.delete.mutationOptions({
      onSettled: () => queries.invalidateQueries(api.exchangeRules.pathFilter()),
    }),
  );
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)} aria-label={texts.deleteOf(name)}>
        {texts.delete}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={texts.deleteTitle}
        act={texts.delete}
        onAct={() => remove.mutate({ id })}
        isPending={remove.isPending}
        error={remove.error}
      >
        {texts.deleteMore(name)}
      </ConfirmDialog>
    </>
  );
}
