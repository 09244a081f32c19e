import { Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { DAY_MS } from '../../shared/durations.ts';
import { api } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';

/** The last 24 hours. */
function day() {
  const now = Date.now();
  return {
    from: new Date(now - DAY_MS).toISOString(),
    to: new Date(now).toISOString(),
    step: 'hour' as const,
  };
}

/** The traffic that a revocation would stop: how often the key is used, as far as the user may see it. */
export function RevokeImpact({ apiKey: { id, lastUsedAt } }: { readonly apiKey: ConsoleKey }) {
  const { revoke: texts } = useTexts(keysTexts);
  const { fromNow, dateTime, number } = useFormats();
  const [range] = useState(day);
  const may = useMay('usage:read');
  const { data } = useQuery({
    ...api.usage.key.queryOptions({ id, ...range }),
    enabled: may,
    retry: false,
    gcTime: 0,
  });
  const calls = data && data.accepted + data.refused;
  return (
    <Alert color={calls === 0 ? 'gray' : 'yellow'} role="status">
      <Stack gap={4}>
        {calls !== undefined && <Text size="sm">{texts.calls(calls, number(calls))}</Text>}
        <Text size="sm">
          {lastUsedAt ? texts.lastUsed(`${fromNow(lastUsedAt)} (${dateTime(lastUsedAt)})`) : texts.neverUsed}
        </Text>
      </Stack>
    </Alert>
  );
}
