import { Modal } from '@mantine/core';
import { useState } from 'react';
import { CreateForm } from '../create/create-form.tsx';
import { Lost } from '../create/lost.tsx';
import { createTexts } from '../create/texts.ts';
import type { Made } from '../create/use-create.ts';
import { useTexts } from '../language/language.ts';
import { RevealBody } from '../reveal/reveal-body.tsx';
import { type Revealed, revealedOf } from '../reveal/revealed.ts';
import { revealTexts } from '../reveal/texts.ts';

interface CreateKeyProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The form that makes a key, and in its place the key's secrets, once. Closed, it forgets both. */
export function CreateKey({ opened, onClose }: CreateKeyProps) {
  const { close, title, lostTitle } = useTexts(createTexts);
  const { title: ready } = useTexts(revealTexts);
  const [made, setMade] = useState<Made | null>(null);
  if (!opened && made) setMade(null);
  const revealed: Revealed | null = made && revealedOf(made);
  return (
    <Modal
      {...{ opened, onClose, size: revealed ? 'xl' : 'lg' }}
      title={revealed ? ready : made ? lostTitle : title}
      {...{ closeOnClickOutside: false, closeOnEscape: !revealed, transitionProps: { duration: 0 } }}
      closeButtonProps={{ 'aria-label': close }}
    >
      {revealed ? (
        <RevealBody revealed={revealed} onClose={onClose} />
      ) : made ? (
        <Lost of={made.key} onMade={setMade} onClose={onClose} />
      ) : (
        <CreateForm onMade={setMade} onCancel={onClose} />
      )}
    </Modal>
  );
}
