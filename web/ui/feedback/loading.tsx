import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { useTexts } from '../../language/language.ts';
import { feedbackTexts } from './texts.ts';

/** A placeholder of about the final size, so that little moves when the content arrives. */
export function Loading({ rows = 4 }: { readonly rows?: number }) {
  const { loading } = useTexts(feedbackTexts);
  return (
    <Stack role="status" aria-busy="true" gap="sm">
      <VisuallyHidden>{loading}</VisuallyHidden>
      <Skeleton height={28} width="40%" />
      {Array.from({ length: rows }, (_, row) => `row ${row}`).map((row) => (
        <Skeleton key={row} height={44} />
      ))}
    </Stack>
  );
}
