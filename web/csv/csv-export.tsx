import { Button, Group, Stack, Text } from '@mantine/core';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { csvTexts } from './texts.ts';
import { type CsvSource, MAX_CSV_ROWS, useCsvExport } from './use-csv-export.ts';

/** A button that saves all pages of a list as CSV, with its progress, which can be cancelled. */
export function CsvExport({ source }: { readonly source: CsvSource }) {
  const texts = useTexts(csvTexts);
  const { number } = useFormats();
  const { state, start, cancel } = useCsvExport(source);
  const rows = number(state.rows);
  const isRunning = state.is === 'running';
  const status = {
    idle: '',
    running: texts.running(rows),
    cancelled: texts.cancelled,
    failed: '',
    saved: state.is === 'saved' && state.isPartial ? texts.savedPart(rows) : texts.saved(state.rows, rows),
  };
  return (
    <Stack gap={4} align="flex-start">
      <Group gap={0}>
        <Button
          variant="default"
          size="xs"
          disabled={isRunning}
          title={texts.bound(number(MAX_CSV_ROWS))}
          onClick={() => void start()}
        >
          {texts.save}
        </Button>
        {isRunning && (
          <Button variant="default" size="xs" ms="sm" onClick={cancel}>
            {texts.cancel}
          </Button>
        )}
        <Text size="xs" c="dimmed" role="status" {...(status[state.is] === '' ? {} : { ms: 'sm' })}>
          {status[state.is]}
        </Text>
      </Group>
      {state.is === 'failed' && <Failed error={state.error} retry={start} />}
    </Stack>
  );
}
