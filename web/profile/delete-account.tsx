import { Button, Group, Modal, PasswordInput, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { session } from '../api/browser-session.ts';
import { client, queryClient } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { refusedInput } from '../ui/feedback/refused-input.ts';
import { shellTexts } from '../ui/texts.ts';
import { profileTexts } from './texts.ts';

export function DeleteAccount() {
  const texts = useTexts(profileTexts);
  const { close } = useTexts(shellTexts);
  const [opened, setOpened] = useState(false);
  return (
    <div>
      <Button color="red" variant="light" onClick={() => setOpened(true)}>
        {texts.delete}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={texts.delete}
        closeButtonProps={{ 'aria-label': close }}
      >
        <Confirm onCancel={() => setOpened(false)} />
      </Modal>
    </div>
  );
}

function Confirm({ onCancel }: { readonly onCancel: () => void }) {
  const texts = useTexts(profileTexts);
  const { cancel } = useTexts(shellTexts);
  const navigate = useNavigate();
  const [failed, setFailed] = useState<unknown>(null);
  const [isPending, setIsPending] = useState(false);
  const wrong =
    (failed instanceof KeysealRefusal && failed.reason === 'CREDENTIALS_INVALID') ||
    refusedInput(failed, { password: {} }) !== null;
  const lastOwner = failed instanceof KeysealRefusal && failed.reason === 'CONFLICT';
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (isPending) return;
    setIsPending(true);
    try {
      const password = String(new FormData(event.currentTarget).get('current-password'));
      await client.auth.deleteAccount.mutate({ password });
      await navigate({ to: '/sign-in' });
      queryClient.clear();
      await session.signOut();
    } catch (error) {
      setFailed(error);
    } finally {
      setIsPending(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        <Text>{texts.deleteMore}</Text>
        <PasswordInput
          label={texts.current}
          name="current-password"
          autoComplete="current-password"
          error={wrong ? texts.currentWrong : undefined}
          data-autofocus
        />
        {lastOwner ? <Text c="red">{texts.deleteOwner}</Text> : <Failed error={wrong ? null : failed} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {cancel}
          </Button>
          <Button type="submit" color="red" loading={isPending}>
            {texts.delete}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
