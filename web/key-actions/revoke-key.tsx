import { Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { client } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { keyChanged } from '../key-model/key-changed.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { KeyModal, KeyModalEnd, type KeyModalState } from './key-modal.tsx';
import { normalizeName } from './normalize-name.ts';
import { RevokeImpact } from './revoke-impact.tsx';
import { useSingleSubmit } from './use-single-submit.ts';

/** Revokes a key for good, after its name has been typed. */
export function RevokeKey(state: KeyModalState) {
  const { revoke: texts } = useTexts(keysTexts);
  const { apiKey, onClose } = state;
  const { send, error, isPending } = useSingleSubmit(client.keys.revoke.mutate, (key: ConsoleKey) => {
    keyChanged(key);
    notifications.show({ message: texts.done });
    onClose();
  });
  // A name with no visible character cannot be typed.
  const name = normalizeName(apiKey.name);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { typed: '', reason: '' },
    validate: { typed: (typed) => (normalizeName(typed) === (name || apiKey.id) ? null : texts.wrong) },
  });
  return (
    <KeyModal {...state} title={texts.title}>
      <form
        noValidate
        onSubmit={form.onSubmit(({ reason }) =>
          send({ id: apiKey.id, ...(reason.trim() ? { reason: reason.trim() } : {}) }),
        )}
      >
        <Stack>
          <RevokeImpact apiKey={apiKey} />
          <Text fw={600}>{texts.more}</Text>
          <TextInput
            label={name ? texts.confirm : texts.confirmId}
            autoComplete="off"
            required
            dir="auto"
            spellCheck={false}
            key={form.key('typed')}
            {...form.getInputProps('typed')}
          />
          <TextInput
            label={texts.reason}
            description={texts.reasonHint}
            autoComplete="off"
            maxLength={500}
            key={form.key('reason')}
            {...form.getInputProps('reason')}
          />
          <Failed error={error} />
          <KeyModalEnd send={texts.send} isPending={isPending} onClose={onClose} color="red.9" />
        </Stack>
      </form>
    </KeyModal>
  );
}
