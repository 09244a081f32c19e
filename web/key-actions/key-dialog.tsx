import { type ComponentType, useCallback, useState } from 'react';
import type { ConsoleKey } from '../key-model/key.ts';
import { DisableKey, EnableKey } from './enable-key.tsx';
import type { Choose, KeyAction } from './key-action.ts';
import type { KeyModalState } from './key-modal.tsx';
import { RevokeKey } from './revoke-key.tsx';
import { RotateKey } from './rotate-key.tsx';

const DIALOGS: Readonly<Record<KeyAction, ComponentType<KeyModalState>>> = {
  rotate: RotateKey,
  disable: DisableKey,
  enable: EnableKey,
  revoke: RevokeKey,
};

interface Chosen {
  readonly action: KeyAction;
  readonly apiKey: ConsoleKey;
  readonly from: HTMLElement | null;
  readonly opened: boolean;
}

/** The dialog of the chosen action. Each is a new one, and closing it drops its state. */
export function useKeyDialog() {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const choose: Choose = useCallback(
    (action, apiKey, from) => setChosen({ action, apiKey, from, opened: true }),
    [],
  );
  const Dialog = chosen && DIALOGS[chosen.action];
  const dialog = Dialog && (
    <Dialog
      apiKey={chosen.apiKey}
      opened={chosen.opened}
      onClose={() => setChosen({ ...chosen, opened: false })}
      onGone={() => {
        setChosen(null);
        // The action may have removed its button.
        const to = chosen.from?.isConnected ? chosen.from : document.getElementById('content');
        to?.focus({ preventScroll: true });
      }}
    />
  );
  return { choose, dialog };
}
