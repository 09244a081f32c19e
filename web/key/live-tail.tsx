import { Button, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { TailEvent } from '../../shared/live-tail.ts';
import { Scroll } from '../charts/scroll.tsx';
import { StatusBadge } from '../charts/status-badge.tsx';
import type { ConsoleKey } from '../key-model/key.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { RequestDetails } from '../requests/request-details.tsx';
import { Empty } from '../ui/feedback/empty.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { type TailCall, TailRows } from './tail-rows.tsx';
import { keyTexts } from './texts.ts';
import { type Connection, useTail } from './use-tail.ts';

const COLORS = {
  connecting: 'gray',
  live: 'seal',
  reconnecting: 'yellow',
  ended: 'red',
} as const satisfies Record<Connection, string>;

const ONLY = ['all', 'accepted', 'refused'] as const;
type Only = (typeof ONLY)[number];

/** Whether a filter shows an event. What is missing may be of either kind. */
const matches = (only: Only, event: TailEvent): boolean =>
  only === 'all' || event.type !== 'call' || (event.outcome === 'OK') === (only === 'accepted');

/** The calls of a key as they end. */
export function LiveTail({ apiKey }: { readonly apiKey: ConsoleKey }) {
  const texts = useTexts(keyTexts);
  const { number } = useFormats();
  const { rows, pausedRows, pausedCount, dispatch, connection, error, retry } = useTail(apiKey.id);
  const [only, setOnly] = useState<Only>('all');
  const [openedCall, setOpenedCall] = useState<TailCall | null>(null);
  const all = pausedRows ?? rows;
  const shown = all.filter(({ event }) => matches(only, event));
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <Group gap="sm" role="status">
          <StatusBadge color={COLORS[connection]}>{texts.connections[connection]}</StatusBadge>
          {pausedRows && <Text size="sm">{texts.pausedCalls(pausedCount, number(pausedCount))}</Text>}
        </Group>
        <Group gap="sm">
          <OnlyChoice chosen={only} onChoose={setOnly} />
          <Button variant="default" size="xs" onClick={() => dispatch(pausedRows ? 'resume' : 'pause')}>
            {pausedRows ? texts.resume : texts.pause}
          </Button>
          <Button variant="default" size="xs" disabled={all.length === 0} onClick={() => dispatch('clear')}>
            {texts.clear}
          </Button>
        </Group>
      </Group>
      <Text size="xs" c="dimmed">
        {texts.tailMore}
      </Text>
      <Failed error={error} />
      {connection === 'ended' && (
        <Button variant="default" size="xs" w="fit-content" onClick={retry}>
          {texts.openAgain}
        </Button>
      )}
      {shown.length === 0 && connection !== 'ended' && (
        <Empty isList title={all.length === 0 ? texts.noTail : texts.noTailLike}>
          {texts.noTailMore}
        </Empty>
      )}
      {shown.length > 0 && (
        <Paper withBorder style={{ overflow: 'clip' }}>
          <Scroll label={texts.tabs.live} tall>
            <TailRows rows={shown} apiKey={apiKey} onOpen={setOpenedCall} />
          </Scroll>
        </Paper>
      )}
      <TailDetails call={openedCall} apiKey={apiKey} onClose={() => setOpenedCall(null)} />
    </Stack>
  );
}

interface TailDetailsProps {
  /** Null if the drawer is closed. */
  readonly call: TailCall | null;
  readonly apiKey: ConsoleKey;
  readonly onClose: () => void;
}

/** The same drawer as that of the request log. */
function TailDetails({ call, apiKey: { id, name, environment }, onClose }: TailDetailsProps) {
  const navigate = useNavigate();
  const request = call && { ...call, key: { id, name }, environment, status: null, represents: 1 };
  return (
    <RequestDetails
      request={request}
      onClose={onClose}
      onSearch={(search) => void navigate({ to: '/requests', search })}
    />
  );
}

interface OnlyChoiceProps {
  readonly chosen: Only;
  readonly onChoose: (only: Only) => void;
}

function OnlyChoice({ chosen, onChoose }: OnlyChoiceProps) {
  const texts = useTexts(keyTexts);
  return (
    <SegmentedControl
      size="xs"
      aria-label={texts.tailFilter}
      value={chosen}
      onChange={(value) => onChoose(value as Only)}
      data={ONLY.map((value) => ({ value, label: texts.tailOnly[value] }))}
    />
  );
}
