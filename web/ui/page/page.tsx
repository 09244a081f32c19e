import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { SectionBoundary } from '../feedback/section-boundary.tsx';
import { BRAND } from '../theme/brand.ts';

interface PageProps {
  readonly title: string;
  /** The way to this page, above its title. */
  readonly above?: ReactNode;
  readonly description?: ReactNode;
  /** Actions next to the title. */
  readonly actions?: ReactNode;
  /** Whether the page is a table, which fills the width of a large window. */
  readonly isWide?: boolean;
  readonly children: ReactNode;
}

/** A page of the console. Its title is also the window's. */
export function ConsolePage({ title, above, description, actions, isWide = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · ${BRAND.name}`;
  }, [title]);
  return (
    <Stack gap="lg" data-wide={isWide || undefined}>
      <Group justify="space-between" align="flex-start">
        <Stack gap={6} maw="44rem" miw={0}>
          {above}
          <Title order={1} size="h2" className="theirs" dir="auto">
            {title}
          </Title>
          {description && <Text c="dimmed">{description}</Text>}
        </Stack>
        {actions && (
          <Group gap="xs">
            <SectionBoundary isOptional>{actions}</SectionBoundary>
          </Group>
        )}
      </Group>
      <SectionBoundary>{children}</SectionBoundary>
    </Stack>
  );
}
