import '@mantine/notifications/styles.css';
import { AppShell, Burger, Group, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTexts } from '../language/language.ts';
import { useSessionId } from '../session/session-id.ts';
import { Offline } from '../ui/feedback/offline.tsx';
import { SectionBoundary } from '../ui/feedback/section-boundary.tsx';
import { LogoLink } from '../ui/page/logo.tsx';
import { shellTexts } from '../ui/texts.ts';
import { AccountMenu } from './account-menu.tsx';
import { Navigation } from './navigation.tsx';
import { Preferences } from './preferences.tsx';
import classes from './shell.module.css';
import { WorkspaceMenu } from './workspace-menu.tsx';

interface ShellProps {
  /** In the bar at the top. */
  readonly tools?: ReactNode;
  /** Shown in place of the page that the URL names. */
  readonly children?: ReactNode;
}

/** The frame around every page: the current page, the navigation, and the account. */
export function Shell({ tools, children = <Outlet /> }: ShellProps) {
  const texts = useTexts(shellTexts);
  const [opened, { toggle, close }] = useDisclosure();
  const signedIn = Boolean(useSessionId());
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <Notifications position="bottom-right" />
      <a className="skip-link" href="#content">
        {texts.skip}
      </a>
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" gap="xs" wrap="nowrap">
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={opened ? texts.closeMenu : texts.open}
          />
          <LogoLink />
          <SectionBoundary isOptional>{signedIn && <WorkspaceMenu />}</SectionBoundary>
          <Group gap={4} ml="auto" wrap="nowrap">
            <SectionBoundary isOptional>{tools}</SectionBoundary>
            <Preferences />
            <AccountMenu signedIn={signedIn} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" className={classes.navbar} aria-label={texts.navigation}>
        <Navigation onNavigate={close} />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Stack gap="md" mx="auto" className={classes.content}>
          <Offline />
          {children}
        </Stack>
      </AppShell.Main>
    </AppShell>
  );
}
