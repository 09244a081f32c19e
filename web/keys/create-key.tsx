import { Modal } from '@mantine/core';
import { useState } from 'react';
import { CreateForm } from '../create-key/create-form.tsx';
import { LostSecrets } from '../create-key/lost-secrets.tsx';
import { createTexts } from '../create-key/texts.ts';
import type { Made } from '../create-key/use-create.ts';
import { useTexts } from '../language/language.ts';
import { RevealBody } from '../reveal/reveal-body.tsx';
import { revealedOf } from '../reveal/revealed.ts';
import { revealTexts } from '../reveal/texts.ts';

interface CreateKeyProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The form that creates a key, then the key's secrets, once. Closing it drops both. */
export function CreateKey({ opened, onClose }: CreateKeyProps) {
  const { close, ...create } = useTexts(createTexts);
  const reveal = useTexts(revealTexts);
  const [made, setMade] = useState<Made | null>(null);
  if (!opened && made) setMade(null);
  const revealed = made && revealedOf(made);
  const madeTitle = revealed ? reveal.title : create.lostTitle;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size={revealed ? 'xl' : 'lg'}
      title={made ? madeTitle : create.title}
      closeOnClickOutside={false}
      closeOnEscape={!revealed}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': close }}
    >
      {!made && <CreateForm onMade={setMade} onCancel={onClose} />}
      {made && !revealed && <LostSecrets made={made} onMade={setMade} onClose={onClose} />}
      {revealed && <RevealBody revealed={revealed} onClose={onClose} />}
    </Modal>
  );
}
