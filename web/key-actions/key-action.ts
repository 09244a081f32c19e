import type { ConsoleKey } from '../key-model/key.ts';

/** What a person can do with a key from its menu. */
export type KeyAction = 'rotate' | 'disable' | 'enable' | 'revoke';

/** @param from the element that gets the focus back when the dialog is closed */
export type Choose = (action: KeyAction, of: ConsoleKey, from: HTMLElement | null) => void;
