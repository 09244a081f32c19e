import { Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';

/** The logo, which links to the home page. */
export function Seal() {
  return (
    <Group
      component={Link}
      {...{ to: '/keys', 'aria-label': 'Keyseal' }}
      gap={8}
      wrap="nowrap"
      c="inherit"
      td="none"
      pr="xs"
    >
      <img src="/icon.svg" alt="" width={24} height={24} />
      <Text fw={700} visibleFrom="xs">
        Keyseal
      </Text>
    </Group>
  );
}
