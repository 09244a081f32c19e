import type { ConsoleKey } from '../key-model/key.ts';

/** The actions in a key's menu. */
export type KeyAction = 'rotate' | 'disable' | 'enable' | 'revoke';

/** @param from the element that gets the focus back when the dialog closes */
export type Choose = (action: KeyAction, apiKey: ConsoleKey, from: HTMLElement | null) => void;
