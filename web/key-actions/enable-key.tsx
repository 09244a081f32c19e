import { Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { client } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { keyChanged } from '../key-model/key-changed.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { KeyModal, KeyModalEnd, type KeyModalState } from './key-modal.tsx';
import { useSingleSubmit } from './use-single-submit.ts';

export const EnableKey = (state: KeyModalState) => <SetEnabled {...state} to="enable" />;
export const DisableKey = (state: KeyModalState) => <SetEnabled {...state} to="disable" />;

function SetEnabled({ to, ...state }: KeyModalState & { readonly to: 'enable' | 'disable' }) {
  const texts = useTexts(keysTexts)[to];
  const { apiKey, onClose } = state;
  const { send, error, isPending } = useSingleSubmit(client.keys.update.mutate, (key: ConsoleKey) => {
    keyChanged(key);
    notifications.show({ message: texts.done });
    onClose();
  });
  return (
    <KeyModal {...state} title={texts.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send({ id: apiKey.id, enabled: to === 'enable' });
        }}
      >
        <Stack>
          <Text>{texts.more}</Text>
          <Failed error={error} />
          <KeyModalEnd send={texts.send} isPending={isPending} onClose={onClose} />
        </Stack>
      </form>
    </KeyModal>
  );
}
