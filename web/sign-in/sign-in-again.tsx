import { Anchor, Container, Modal, Stack, Text } from '@mantine/core';
import { Link, useLocation } from '@tanstack/react-router';
import { useTexts } from '../language/language.ts';
import { IssuerButtons } from './issuer-buttons.tsx';
import { PasskeyButton } from './passkey-button.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { signInTexts } from './texts.ts';

interface SignInAgainProps {
  readonly opened: boolean;
  /** The e-mail address of the user who was signed in. */
  readonly email: string;
}

/** Covers a page whose session has ended: the same user finds it unchanged. */
export function SignInAgain({ opened, email }: SignInAgainProps) {
  const texts = useTexts(signInTexts);
  const { href } = useLocation();
  return (
    <Modal
      opened={opened}
      fullScreen
      withCloseButton={false}
      closeOnEscape={false}
      zIndex={1000}
      onClose={() => {}}
      title={texts.again}
      styles={{ header: { maxWidth: '26rem', marginInline: 'auto', paddingBlockStart: '12vh' } }}
    >
      <Container size="26rem" py="xl">
        <Stack>
          <Text>{texts.againMore}</Text>
          <SignInForm key={email} email={email} done={() => {}} />
          <PasskeyButton done={() => {}} />
          <IssuerButtons returnTo={href} />
          <Anchor component={Link} to="/sign-in" size="sm" ta="center" reloadDocument>
            {texts.someoneElse}
          </Anchor>
        </Stack>
      </Container>
    </Modal>
  );
}
