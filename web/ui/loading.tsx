import { Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { shellTexts } from './texts.ts';

/** Something of about the size of what is coming, so that little moves when it is there. */
export function Loading({ rows = 4 }: { readonly rows?: number }) {
  const { loading } = useTexts(shellTexts);
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
