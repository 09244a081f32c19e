import { Button, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Link, useNavigate } from '@tanstack/react-router';
import { queryClient, session } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { shellTexts } from '../ui/texts.ts';

/** The signed-in person and sign-out; sign-in for anyone else. */
export function AccountMenu({ signedIn }: { readonly signedIn: boolean }) {
  const texts = useTexts(shellTexts);
  const navigate = useNavigate();
  if (!signedIn) {
    return (
      <Button component={Link} to="/sign-in" size="xs">
        {texts.signIn}
      </Button>
    );
  }
  const signOut = async () => {
    await navigate({ to: '/sign-in' });
    queryClient.clear();
    await session
      .signOut()
      .catch(() => notifications.show({ message: texts.signOutUntold, color: 'yellow' }));
  };
  return (
    <Menu position="bottom-end" keepMounted={false}>
      <Menu.Target>
        <Button variant="subtle" color="gray" px="xs">
          {texts.account}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
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
