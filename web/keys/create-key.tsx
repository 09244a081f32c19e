import { useState } from 'react';
import { CreateForm } from '../create-key/create-form.tsx';
import { LostSecrets } from '../create-key/lost-secrets.tsx';
import { createTexts } from '../create-key/texts.ts';
import type { Made, RevealCall } from '../create-key/use-create.ts';
import { useTexts } from '../language/language.ts';
import { RevealBody } from '../reveal/reveal-body.tsx';
import { revealedOf, signerOf } from '../reveal/revealed.ts';
import { revealTexts } from '../reveal/texts.ts';
import { SecretModal } from '../ui/feedback/secret-modal.tsx';

interface CreateKeyProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The form that creates a key, then the key's secrets, once. Closing it drops both. */
export function CreateKey({ opened, onClose }: CreateKeyProps) {
  const create = useTexts(createTexts);
  const texts = useTexts(revealTexts);
  const [made, setMade] = useState<Made | null>(null);
  const [isPending, setIsPending] = useState(false);
  if (!opened && made) setMade(null);
  const revealed = made && revealedOf(made);
  const madeTitle = revealed ? texts.title : create.lostTitle;
  const reveal: RevealCall = async (call) => {
    setIsPending(true);
    try {
      setMade(await call());
    } finally {
      setIsPending(false);
    }
  };
  // Secrets that are on their way would be lost.
  const close = () => isPending || onClose();
  return (
    <SecretModal
      opened={opened}
      question={revealed && texts.leave[signerOf(revealed)]}
      onClose={close}
      size={revealed ? 'xl' : 'lg'}
      title={made ? madeTitle : create.title}
      closeOnClickOutside={false}
      transitionProps={{ duration: 0 }}
    >
      {!made && <CreateForm reveal={reveal} onCancel={close} />}
      {made && !revealed && <LostSecrets made={made} reveal={reveal} onClose={close} />}
      {revealed && <RevealBody revealed={revealed} onClose={onClose} />}
    </SecretModal>
  );
}
