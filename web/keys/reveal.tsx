import { Button, Code, Modal, Stack } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import type { Key } from './key.ts';
import { keysTexts } from './texts.ts';

interface RevealProps {
  readonly revealed: { readonly key: Key; readonly secret: string; readonly signingSecret: string };
  readonly onClose: () => void;
}

/** Shows the secrets of a key once, after it was made or rotated. */
export function Reveal({ revealed: { key, secret, signingSecret }, onClose }: RevealProps) {
  const { close } = useTexts(keysTexts);
  return (
    <Modal {...{ opened: true, onClose, title: key.name }} closeButtonProps={{ 'aria-label': close }}>
      <Stack>
        <Code block>{secret}</Code>
        <Code block>{signingSecret}</Code>
        <Button onClick={onClose}>{close}</Button>
      </Stack>
    </Modal>
  );
}
