import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconChevronDown } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { session } from '../api/browser-session.ts';
import { queryClient } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { meQuery } from '../session/me.ts';
import { useSessionId } from '../session/session-id.ts';
import { mayLeave } from '../ui/feedback/leave-guard.ts';
import { shellTexts } from '../ui/texts.ts';
import { Initial } from './initial.tsx';

/** The signed-in user and sign-out; sign-in for anyone else. */
export function AccountMenu({ signedIn }: { readonly signedIn: boolean }) {
  const texts = useTexts(shellTexts);
  const signOut = useSignOut();
  const { data: me } = useQuery(meQuery(useSessionId()));
  if (!signedIn) {
    return (
      <Button component={Link} to="/sign-in" size="xs">
        {texts.signIn}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end" keepMounted={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          px={6}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          aria-label={me?.user ? `${texts.labelled(texts.account)} ${me.user.email}` : texts.account}
        >
          <Initial of={me?.user?.name || me?.user?.email || ''} isUser />
        </Button>
      </Menu.Target>
      <Menu.Dropdown maw="18rem">
        {me?.user && (
          <Menu.Label className="theirs" dir="auto">
            {me.user.email}
          </Menu.Label>
        )}
        <Menu.Item component={Link} to="/profile">
          {texts.pages['/profile']}
        </Menu.Item>
        <Menu.Item component={Link} to="/sessions">
          {texts.pages['/sessions']}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={() => void signOut()}>{texts.signOut}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Signs out, unless the user stays because of something that is not saved. */
function useSignOut(): () => Promise<void> {
  const { signOutUntold } = useTexts(shellTexts);
  const navigate = useNavigate();
  return async () => {
    if (!mayLeave()) return;
    await navigate({ to: '/sign-in', ignoreBlocker: true });
    queryClient.clear();
    await session
      .signOut('/sign-in')
      .catch(() => notifications.show({ message: signOutUntold, color: 'yellow' }));
  };
}
