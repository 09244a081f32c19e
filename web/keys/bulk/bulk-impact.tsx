import { Alert, Stack, Text } from '@mantine/core';
import type { ConsoleKey } from '../../key-model/key.ts';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { useMay } from '../../session/me.ts';
import { Failed } from '../../ui/feedback/failed.tsx';
import { bulkTexts } from './texts.ts';
import { useBulkImpact } from './use-bulk-impact.ts';

/** Keys in use that are named. */
const MAX_NAMED = 8;

interface BulkImpactViewProps {
  readonly keys: readonly ConsoleKey[];
  /** Selected keys that the action leaves out. */
  readonly skipped: number;
}

/** What an action would break: the keys, their environments, and their calls of the last 24 hours. */
export function BulkImpactView({ keys, skipped }: BulkImpactViewProps) {
  const texts = useTexts(bulkTexts);
  const { number } = useFormats();
  const mayCount = useMay('usage:read');
  const { data, error, refetch } = useBulkImpact(keys);
  const live = keys.filter(({ environment }) => environment === 'live').length;
  return (
    <Stack gap="sm">
      <Text fw={600}>
        {texts.concerns(keys.length, number(keys.length))} ·{' '}
        {texts.environments(number(live), number(keys.length - live))}
      </Text>
      {skipped > 0 && <Text size="sm">{texts.skipped(skipped, number(skipped))}</Text>}
      <Failed error={error} retry={refetch} />
      {mayCount && !error && (
        <Alert color={data?.calls ? 'yellow' : 'gray'} role="status">
          <Text size="sm">
            {data ? texts.calls(data.calls, number(data.calls), number(data.inUse.length)) : texts.counting}
          </Text>
          {data && data.inUse.length > 0 && (
            <Text component="ul" size="sm" m={0} ps="lg" aria-label={texts.inUse}>
              {data.inUse.slice(0, MAX_NAMED).map(({ key, calls }) => (
                <li key={key.id}>
                  <bdi className="theirs">{key.name}</bdi> · {number(calls)}
                </li>
              ))}
            </Text>
          )}
        </Alert>
      )}
    </Stack>
  );
}
