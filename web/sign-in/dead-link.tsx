import { Button, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import { landingTexts } from './landing/texts.ts';

/** A link that cannot be used, and what its holder can do. @param children why; by default, that it is incomplete */
export function DeadLink({ children }: { readonly children?: ReactNode }) {
  const { noToken, toConsole } = useTexts(landingTexts);
  return (
    <Stack>
      {children || <Text role="alert">{noToken}</Text>}
      <Button component={Link} to="/" variant="default">
        {toConsole}
      </Button>
    </Stack>
  );
}
