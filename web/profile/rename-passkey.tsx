import { Button, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { refusedInput } from '../ui/feedback/refused-input.ts';
import { isName } from '../ui/is-name.ts';
import { shellTexts } from '../ui/texts.ts';
import { profileTexts } from './texts.ts';

/** A passkey as its owner sees it. */
export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  readonly backedUp: boolean;
  readonly lastUsedAt: string | null;
  readonly disabledAt: string | null;
}

interface RenamePasskeyProps {
  readonly passkey: PasskeyView;
  readonly renamed: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** A dialog that renames a passkey. */
export function RenamePasskey({ passkey, renamed, onClose }: RenamePasskeyProps) {
  const texts = useTexts(profileTexts);
  const { close } = useTexts(shellTexts);
  const [failed, setFailed] = useState<unknown>(null);
  const [isWrong, setIsWrong] = useState(false);
  const [isPending, setIsPending] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get('passkey-name')).trim();
    if (isPending) return;
    setFailed(null);
    setIsWrong(!isName(name));
    if (!isName(name)) return;
    setIsPending(true);
    try {
      if (name !== passkey.name) await client.passkeys.rename.mutate({ id: passkey.id, name });
      await renamed();
      onClose();
    } catch (error) {
      if (refusedInput(error, { name: {} })) setIsWrong(true);
      else setFailed(error);
      setIsPending(false);
    }
  };
  return (
    <Modal opened title={texts.passkeyName} onClose={onClose} closeButtonProps={{ 'aria-label': close }}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          <Text>{texts.passkeyNameMore}</Text>
          <TextInput
            label={texts.name}
            name="passkey-name"
            autoComplete="off"
            maxLength={100}
            dir="auto"
            defaultValue={passkey.name}
            error={isWrong ? texts.nameWrong : undefined}
            data-autofocus
          />
          <Failed error={failed} />
          <Button type="submit" loading={isPending}>
            {texts.save}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
