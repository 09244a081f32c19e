import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface SectionProps {
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** Whether its children are cards themselves. */
  readonly isOpen?: boolean;
  readonly children?: ReactNode;
}

/** A part of a page with its own heading, as a card. */
export function Section({ title, description, isOpen = false, children }: SectionProps) {
  const content = (
    <Stack component="section" gap="sm">
      <Title order={2} size="h5">
        {title}
      </Title>
      {description && <Text c="dimmed">{description}</Text>}
      {children}
    </Stack>
  );
  if (isOpen) return content;
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      {content}
    </Paper>
  );
}
