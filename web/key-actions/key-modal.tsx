import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ConsoleKey } from '../key-model/key.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';

export interface KeyModalState {
  readonly apiKey: ConsoleKey;
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Called once its closing animation has ended. */
  readonly onGone: () => void;
}

interface KeyModalProps extends KeyModalState {
  readonly title: string;
  readonly children: ReactNode;
}

/** A dialog about one key. */
export function KeyModal({ title, apiKey, opened, onClose, onGone, children }: KeyModalProps) {
  const { close } = useTexts(keysTexts);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      onExitTransitionEnd={onGone}
      returnFocus={false}
      size="lg"
      closeButtonProps={{ 'aria-label': close }}
    >
      <Stack>
        <Group gap="xs">
          <Text className="theirs" dir="auto" fw={600}>
            {apiKey.name}
          </Text>
          <Code>{apiKey.id}</Code>
        </Group>
        {children}
      </Stack>
    </Modal>
  );
}

interface KeyModalEndProps {
  readonly send: string;
  readonly isPending: boolean;
  readonly onClose: () => void;
  readonly color?: string;
}

/** The end of a dialog: the way back, and the button that sends its form. */
export function KeyModalEnd({ send, isPending, onClose, color }: KeyModalEndProps) {
  const { cancel } = useTexts(keysTexts);
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onClose}>
        {cancel}
      </Button>
      <Button type="submit" loading={isPending} {...(color ? { color } : {})}>
        {send}
      </Button>
    </Group>
  );
}
