import { Modal } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { RevealBody } from '../reveal/reveal-body.tsx';
import { type Revealed, signerOf } from '../reveal/revealed.ts';
import { revealTexts } from '../reveal/texts.ts';

interface RevealProps {
  readonly revealed: Revealed;
  /** Drops the secrets: only `revealed` has them. */
  readonly onClose: () => void;
}

/** Shows the secrets of a key once, after it was rotated. */
export function Reveal({ revealed, onClose }: RevealProps) {
  const { rotatedTitle, close } = useTexts(revealTexts);
  // A stray click or key press must not lose what cannot be shown again.
  return (
    <Modal
      opened
      onClose={onClose}
      title={rotatedTitle[signerOf(revealed)]}
      size="xl"
      closeOnClickOutside={false}
      closeOnEscape={false}
      closeButtonProps={{ 'aria-label': close }}
    >
      <RevealBody revealed={revealed} onClose={onClose} />
    </Modal>
  );
}
