import { Box, Container, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useTexts } from '../language/language.ts';
import { Offline } from '../ui/feedback/offline.tsx';
import { LogoLink } from '../ui/page/logo.tsx';
import { SignatureSeal } from '../ui/signature/signature-seal.tsx';
import { BRAND } from '../ui/theme/brand.ts';
import classes from './auth-layout.module.css';
import { AuthPreferences } from './auth-preferences.tsx';
import { signInTexts } from './texts.ts';

interface AuthLayoutProps {
  readonly title: string;
  readonly description?: string;
  readonly children: ReactNode;
}

/** The frame of the pages before sign-in. */
export function AuthLayout({ title, description, children }: AuthLayoutProps) {
  useEffect(() => {
    document.title = `${title} · ${BRAND.name}`;
  }, [title]);
  return (
    <Box component="main" className={classes.layout}>
      <SignaturePicture />
      <div className={classes.side}>
        <Group justify="space-between" p="md">
          <LogoLink />
          <AuthPreferences />
        </Group>
        <Container size="25rem" px="md" className={classes.form}>
          <Stack gap="md">
            <Offline />
            <Title order={1} size="h2">
              {title}
            </Title>
            {description && <Text c="dimmed">{description}</Text>}
            <Paper withBorder p="lg">
              {children}
            </Paper>
          </Stack>
        </Container>
      </div>
    </Box>
  );
}

/** The ten lines of a request, as an example. */
const LINES = [
  'v1.request',
  '6Tsr1nnBww08',
  '1796083200',
  'Zk3vQ0p9T1mX',
  'POST',
  'api.example.com',
  '/api/echo',
  'application/json',
  'e3b0c44298fc1c14…',
  '9f86d081884c7d65…',
];

/** What Keyseal does, as a picture next to the form. */
function SignaturePicture() {
  const { pictureTitle, picture } = useTexts(signInTexts);
  return (
    <aside className={classes.picture}>
      <div className={classes.signed}>
        <ol aria-hidden="true" className={classes.lines}>
          {LINES.map((line, at) => (
            <li key={line} style={{ animationDelay: `${at * 55}ms` }}>
              {line}
            </li>
          ))}
        </ol>
        <SignatureSeal state="accepted" size={168} />
      </div>
      <div className={classes.saying}>
        <p>{pictureTitle}</p>
        <p>{picture}</p>
      </div>
    </aside>
  );
}
