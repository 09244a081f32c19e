import { Alert, Button, Stack, Text } from '@mantine/core';
import { useTexts } from '../../language/language.ts';
import { feedbackTexts } from './texts.ts';

interface BrokenSectionProps {
  readonly retry: () => unknown;
  readonly isRetrying?: boolean;
}

/** Shown in place of a part of a page that cannot be shown. */
export function BrokenSection({ retry, isRetrying = false }: BrokenSectionProps) {
  const { brokenPart, brokenPartMore, again } = useTexts(feedbackTexts);
  return (
    <Alert role="alert" color="red" title={brokenPart}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{brokenPartMore}</Text>
        <Button size="xs" variant="default" loading={isRetrying} onClick={() => void retry()}>
          {again}
        </Button>
      </Stack>
    </Alert>
  );
}
