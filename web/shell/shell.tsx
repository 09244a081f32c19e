import '@mantine/notifications/styles.css';
import { AppShell, Burger, Group, NavLink, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Notifications } from '@mantine/notifications';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { useTexts } from '../language/language.ts';
import { useSessionId } from '../session/session-id.ts';
import { Seal } from '../ui/logo.tsx';
import { Offline } from '../ui/offline.tsx';
import { shellTexts } from '../ui/texts.ts';
import { AccountMenu } from './account-menu.tsx';
import { Preferences } from './preferences.tsx';
import { WorkspaceMenu } from './workspace-menu.tsx';

/** The pages of the navigation, under three headings. */
const PAGES = [
  ['settings', ['/keys', '/playground', '/security', '/docs']],
  ['workspace', ['/usage', '/team', '/audit']],
  ['account', ['/profile', '/sessions']],
] as const;

/** The frame around every page: the current page, the navigation, and the account. */
export function Shell() {
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
      <AppShell.Header>
        <Group h="100%" px="md" gap="xs" wrap="nowrap">
          <Burger
            opened={opened}
            onClick={toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label={opened ? texts.closeMenu : texts.open}
          />
          <Seal />
          {signedIn && <WorkspaceMenu />}
          <Group gap={4} ml="auto" wrap="nowrap">
            <Preferences />
            <AccountMenu signedIn={signedIn} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" aria-label={texts.navigation}>
        <Stack gap="md">
          {PAGES.map(([heading, paths]) => (
            <div key={heading}>
              <Text size="xs" fw={600} c="dimmed" px="sm" pb={4}>
                {texts[heading]}
              </Text>
              {paths.map((path) => (
                <PageLink key={path} path={path} onClick={close} />
              ))}
            </div>
          ))}
        </Stack>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <Stack gap="md" maw="72rem" mx="auto">
          <Offline />
          <Outlet />
        </Stack>
      </AppShell.Main>
    </AppShell>
  );
}

type Path = (typeof PAGES)[number][1][number];

function PageLink({ path, onClick }: { readonly path: Path; readonly onClick: () => void }) {
  const { pages } = useTexts(shellTexts);
  const { pathname } = useLocation();
  const active = pathname === path || pathname.startsWith(`${path}/`);
  return (
    <NavLink
      component={Link}
      to={path}
      label={pages[path]}
      active={active}
      aria-current={active ? 'page' : undefined}
      onClick={onClick}
    />
  );
}
