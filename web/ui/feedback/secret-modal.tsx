import { Modal, type ModalProps } from '@mantine/core';
import { useTexts } from '../../language/language.ts';
import { shellTexts } from '../texts.ts';
import { useLeaveGuard } from './leave-guard.ts';

interface SecretModalProps extends ModalProps {
  /** Asked before what the dialog shows is lost; null while it shows nothing that cannot be shown again. */
  readonly question: string | null;
}

/**
 * A dialog for what is shown once. Its close button, Back, reload and links ask first, and a stray key or click does nothing. The
 * dialog's own button, which says that the user is done, calls `onClose` without a question.
 */
export function SecretModal({ question, onClose, ...props }: SecretModalProps) {
  const { close } = useTexts(shellTexts);
  const isShown = props.opened && question !== null;
  useLeaveGuard(question ?? '', isShown);
  return (
    <Modal
      closeButtonProps={{ 'aria-label': close }}
      {...props}
      {...(isShown ? { closeOnClickOutside: false, closeOnEscape: false } : {})}
      onClose={() => {
        if (!isShown || globalThis.confirm(question)) onClose();
      }}
    />
  );
}
