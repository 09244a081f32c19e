import { Anchor, Group, Text } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTexts } from '../../language/language.ts';
import { shellTexts } from '../texts.ts';

interface BreadcrumbProps {
  /** The page above this one. */
  readonly to: '/keys' | '/docs' | '/playground';
  /** The name of this page. */
  readonly here: string;
}

/** Where a page is among the others, with the way back. */
export function Breadcrumb({ to, here }: BreadcrumbProps) {
  const { pages, place } = useTexts(shellTexts);
  return (
    <Group component="nav" aria-label={place} gap={4} wrap="nowrap" c="dimmed">
      <Anchor component={Link} to={to} size="sm" c="dimmed" underline="hover" style={{ flex: 'none' }}>
        {pages[to]}
      </Anchor>
      <IconChevronRight size={14} aria-hidden style={{ flex: 'none' }} />
      <Text size="sm" truncate className="theirs" dir="auto" aria-current="page">
        {here}
      </Text>
    </Group>
  );
}
