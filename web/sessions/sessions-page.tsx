import { Badge, Button, Card, Group, Stack, Text } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile, IconTerminal2 } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { ConfirmDialog } from '../ui/feedback/confirm-dialog.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { kindOfAgent, nameOfAgent } from './agent.ts';
import { sessionsTexts } from './texts.ts';

interface Session {
  readonly id: string;
  readonly createdAt: string;
  readonly refreshedAt: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly current: boolean;
  readonly signature: { readonly thumbprint: string | null };
}

function useRevoke() {
  const queries = useQueryClient();
  return useMutation(
    api.sessions.revoke.mutationOptions({
      onSettled: () => queries.invalidateQueries(api.sessions.list.queryFilter()),
    }),
  );
}

/** The sessions of the user's account. */
const useSessions = () => useQuery(api.sessions.list.queryOptions());

const countOthers = (sessions: readonly Session[]): number =>
  sessions.filter(({ current }) => !current).length;

/** Where the user is signed in, and how to end it. */
export function SessionsPage() {
  const texts = useTexts(sessionsTexts);
  return (
    <ConsolePage title={texts.title} description={texts.description} actions={<EndOthers />}>
      <SessionList />
    </ConsolePage>
  );
}

/** Ends all sessions but this one, after a question. */
function EndOthers() {
  const texts = useTexts(sessionsTexts);
  const { data } = useSessions();
  const revoke = useRevoke();
  const [asks, setAsks] = useState(false);
  return (
    <>
      {data && countOthers(data.items) > 0 && (
        <Button variant="default" onClick={() => setAsks(true)}>
          {texts.endOthers}
        </Button>
      )}
      <ConfirmDialog
        opened={asks}
        onClose={() => setAsks(false)}
        title={texts.endOthers}
        act={texts.endOthers}
        onAct={() => revoke.mutate({ others: true }, { onSuccess: () => setAsks(false) })}
        isPending={revoke.isPending}
        error={revoke.error}
      >
        {texts.endOthersMore}
      </ConfirmDialog>
    </>
  );
}

function SessionList() {
  const texts = useTexts(sessionsTexts);
  const { data, error, refetch } = useSessions();
  const revoke = useRevoke();
  // This one first: it is the one that a reader recognizes.
  const sorted = data?.items.toSorted((a, b) => Number(b.current) - Number(a.current)) ?? [];
  return (
    <>
      <Failed error={error ?? revoke.error} {...(error ? { retry: refetch } : {})} />
      {!data && !error && <Loading />}
      <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: 'none' }}>
        {sorted.map((session) => (
          <SessionCard
            key={session.id}
            session={session}
            ends={revoke.isPending && revoke.variables.id === session.id}
            onEnd={() => revoke.mutate({ id: session.id })}
          />
        ))}
      </Stack>
      {data && countOthers(data.items) === 0 && <Text c="dimmed">{texts.noOthers}</Text>}
    </>
  );
}

const ICONS = { phone: IconDeviceMobile, computer: IconDeviceDesktop, program: IconTerminal2 } as const;

interface SessionCardProps {
  readonly session: Session;
  readonly ends: boolean;
  readonly onEnd: () => void;
}

function SessionCard({ session, ends, onEnd }: SessionCardProps) {
  const texts = useTexts(sessionsTexts);
  const { labelled } = useTexts(shellTexts);
  const { dateTime, fromNow } = useFormats();
  const agent = nameOfAgent(session.userAgent) ?? texts.unknownDevice;
  const Icon = ICONS[kindOfAgent(session.userAgent)];
  const facts = [
    [texts.address, session.address ?? texts.unknown],
    [texts.begun, dateTime(session.createdAt)],
    [texts.used, fromNow(session.refreshedAt)],
    [texts.signs, session.signature.thumbprint === null ? texts.secret : texts.privateKey],
  ] as const;
  return (
    <Card component="li" withBorder>
      <Group justify="space-between">
        <Group gap="md" wrap="nowrap" flex="1 1 16rem" miw={0}>
          <Icon size={24} stroke={1.4} aria-hidden color="var(--ks-dimmed)" style={{ flex: 'none' }} />
          <Stack gap={2} miw={0}>
            <Group gap="xs">
              <Text fw={550} className="theirs" c="var(--ks-heading)">
                {agent}
              </Text>
              {session.current && <Badge variant="light">{texts.current}</Badge>}
            </Group>
            <Text size="sm" c="dimmed">
              {facts.map(([name, value]) => `${labelled(name)} ${value}`).join(' · ')}
            </Text>
          </Stack>
        </Group>
        {!session.current && (
          <Button size="xs" variant="default" loading={ends} onClick={onEnd} aria-label={texts.endOf(agent)}>
            {texts.end}
          </Button>
        )}
      </Group>
    </Card>
  );
}
