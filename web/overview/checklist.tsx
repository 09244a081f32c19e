import { Anchor, Group, Paper, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import { IconCircle, IconCircleCheckFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../api/service.ts';
import type { SectionId } from '../key/settings/sections.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { hasSafeguard } from '../key-model/safety.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import classes from './overview.module.css';
import { overviewTexts } from './texts.ts';

interface ChecklistProps {
  readonly keys: readonly ConsoleKey[];
  /** Calls that were accepted lately. */
  readonly accepted: number;
}

const STEPS = ['key', 'call', 'limit', 'team'] as const;
type Step = (typeof STEPS)[number];

/** The keys, and the form for a new one. */
const KEYS = { to: '/keys' } as const;
const CREATE = { to: '/keys', search: { create: true } } as const;

/** Where the limits are among the settings of a key. */
const LIMITS: SectionId = 'settings-limits';

/** What a fresh workspace needs, until all of it is done. */
export function Checklist({ keys, accepted }: ChecklistProps) {
  const texts = useTexts(overviewTexts);
  const { number } = useFormats();
  const hasTeam = useHasTeam();
  const done = {
    key: keys.length > 0,
    call: accepted > 0 || keys.some(({ lastUsedAt }) => lastUsedAt !== null),
    limit: keys.some(hasSafeguard),
    team: hasTeam,
  };
  const steps = STEPS.filter((step) => done[step] !== undefined);
  const count = steps.filter((step) => done[step]).length;
  if (count === steps.length) return null;
  return (
    <Paper withBorder component="section" p={{ base: 'md', sm: 'lg' }}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h5">
          {texts.start}
        </Title>
        <Text size="sm" c="dimmed">
          {texts.progress(number(count), number(steps.length))}
        </Text>
      </Group>
      <ol className={classes.steps}>
        {steps.map((step) => {
          const [name, more] = texts.steps[step];
          const Icon = done[step] ? IconCircleCheckFilled : IconCircle;
          return (
            <li key={step} data-done={done[step]}>
              <Icon size={20} stroke={1.5} aria-hidden />
              <Stack gap={2}>
                <StepLink step={step} keys={keys} isDone={done[step] === true}>
                  {name} <VisuallyHidden>({done[step] ? texts.done : texts.toDo})</VisuallyHidden>
                </StepLink>
                <Text size="sm" c="dimmed">
                  {more}
                </Text>
              </Stack>
            </li>
          );
        })}
      </ol>
    </Paper>
  );
}

interface StepLinkProps extends Pick<ChecklistProps, 'keys'> {
  readonly step: Step;
  readonly isDone: boolean;
  readonly children: ReactNode;
}

/** Leads to where the step is taken; once it is done, to the keys if it is about them. */
function StepLink({ step, keys, isDone, children }: StepLinkProps) {
  const unlimited = keys.find((key) => key.status === 'active' && !hasSafeguard(key));
  const limit = unlimited
    ? ({
        to: '/keys/$id',
        params: { id: unlimited.id },
        search: { tab: 'settings' },
        hash: LIMITS,
      } as const)
    : CREATE;
  const targets = {
    key: isDone ? KEYS : CREATE,
    call: { to: '/playground' },
    limit: isDone ? KEYS : limit,
    team: { to: '/team' },
  } as const;
  return (
    <Anchor
      renderRoot={(props) => <Link {...props} {...targets[step]} />}
      fw={550}
      c="var(--ks-heading)"
      underline="hover"
    >
      {children}
    </Anchor>
  );
}

/** Whether another member is in the workspace; undefined if it is unknown. */
function useHasTeam(): boolean | undefined {
  const may = useMay('members:read');
  const { data } = useQuery({ ...api.members.list.queryOptions({ limit: 2 }), enabled: may });
  return data && data.items.length > 1;
}
