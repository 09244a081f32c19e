import { Anchor, Group, Paper, Stack, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface OverviewCardProps {
  readonly title: string;
  /** The page with more about it. */
  readonly more: { readonly to: '/keys' | '/usage'; readonly text: string };
  readonly children: ReactNode;
}

/** A part of the overview, with a link to the page that has all of it. */
export const OverviewCard = ({ title, more, children }: OverviewCardProps) => (
  <Paper withBorder component="section" p={{ base: 'md', sm: 'lg' }}>
    <Stack gap="md">
      <Group justify="space-between">
        <Title order={2} size="h5">
          {title}
        </Title>
        <Anchor component={Link} to={more.to} size="sm">
          {more.text}
        </Anchor>
      </Group>
      {children}
    </Stack>
  </Paper>
);
