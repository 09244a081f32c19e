import { Modal } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { RevealBody } from '../reveal/reveal-body.tsx';
import type { Revealed } from '../reveal/revealed.ts';
import { revealTexts } from '../reveal/texts.ts';

interface RevealProps {
  readonly revealed: Revealed;
  /** Forgets the secrets: they are in what is `revealed` alone. */
  readonly onClose: () => void;
}

/** Shows the secrets of a key once, after it was made or rotated. */
export function Reveal({ revealed, onClose }: RevealProps) {
  const { title, close } = useTexts(revealTexts);
  // A slip of the mouse or a key would lose what nobody shows again.
  return (
    <Modal
      {...{ opened: true, onClose, title, size: 'xl', closeOnClickOutside: false, closeOnEscape: false }}
      closeButtonProps={{ 'aria-label': close }}
    >
      <RevealBody revealed={revealed} onClose={onClose} />
    </Modal>
  );
}
