import { useTexts } from '../language/language.ts';
import { RevealBody } from '../reveal/reveal-body.tsx';
import { type Revealed, signerOf } from '../reveal/revealed.ts';
import { revealTexts } from '../reveal/texts.ts';
import { SecretModal } from '../ui/feedback/secret-modal.tsx';

interface RevealProps {
  readonly revealed: Revealed;
  /** Drops the secrets: only `revealed` has them. */
  readonly onClose: () => void;
}

/** Shows the secrets of a key once, after it was rotated. */
export function Reveal({ revealed, onClose }: RevealProps) {
  const { rotatedTitle, leave } = useTexts(revealTexts);
  const signer = signerOf(revealed);
  return (
    <SecretModal opened question={leave[signer]} onClose={onClose} title={rotatedTitle[signer]} size="xl">
      <RevealBody revealed={revealed} onClose={onClose} />
    </SecretModal>
  );
}
