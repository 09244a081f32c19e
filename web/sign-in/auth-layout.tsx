import { Box, Container, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { Seal } from '../ui/logo.tsx';
import { Offline } from '../ui/offline.tsx';
import { DoorPreferences } from './auth-preferences.tsx';

interface DoorProps {
  readonly title: string;
  readonly description?: string;
  readonly children: ReactNode;
}

/** The frame of the pages before sign-in. */
export function Door({ title, description, children }: DoorProps) {
  useEffect(() => {
    document.title = `${title} · Keyseal`;
  }, [title]);
  return (
    <Box component="main" mih="100vh">
      <Group justify="space-between" p="md">
        <Seal />
        <DoorPreferences />
      </Group>
      <Container size="26rem" py="xl">
        <Stack gap="md">
          <Offline />
          <Title order={1} size="h2" ta="center">
            {title}
          </Title>
          {description && (
            <Text c="dimmed" ta="center">
              {description}
            </Text>
          )}
          <Paper withBorder p="lg">
            {children}
          </Paper>
        </Stack>
      </Container>
    </Box>
  );
}
