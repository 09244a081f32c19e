import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTexts } from '../../language/language.ts';
import { shellTexts } from '../texts.ts';
import { Failed } from './failed.tsx';

interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** What will happen. */
  readonly children: ReactNode;
  /** The label of the button that does it. */
  readonly act: string;
  readonly onAct: () => void;
  readonly isPending: boolean;
  readonly error: unknown;
  /** The exact words to type before an irreversible action. */
  readonly typed?: { readonly label: string; readonly text: string };
}

/** Asks for confirmation before a destructive action. */
export function ConfirmDialog({ opened, onClose, ...props }: ConfirmDialogProps) {
  const { close } = useTexts(shellTexts);
  return (
    <Modal opened={opened} onClose={onClose} title={props.title} closeButtonProps={{ 'aria-label': close }}>
      <ConfirmForm {...props} onClose={onClose} />
    </Modal>
  );
}

function ConfirmForm({
  children,
  act,
  onAct,
  isPending,
  error,
  typed,
  onClose,
}: Omit<ConfirmDialogProps, 'opened'>) {
  const { cancel } = useTexts(shellTexts);
  const [text, setText] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPending) onAct();
      }}
    >
      <Stack>
        {typeof children === 'string' ? <Text>{children}</Text> : children}
        {typed && (
          <TextInput
            label={typed.label}
            description={<bdi>{typed.text}</bdi>}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        <Failed error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {cancel}
          </Button>
          <Button
            type="submit"
            color="red"
            loading={isPending}
            disabled={typed !== undefined && text.trim() !== typed.text.trim()}
          >
            {act}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
