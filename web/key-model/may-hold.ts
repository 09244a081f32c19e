import { useMay, useMe } from '../session/me.ts';
import type { ConsoleKey } from './key.ts';

/**
 * Whether the service shows the secrets of a key to whoever is signed in, and lets them switch it on: their own key, or
 * one of the workspace where they manage that.
 */
export function useMayHold({ ownerId }: ConsoleKey): boolean {
  const { user } = useMe();
  const managesWorkspace = useMay('workspaces:write');
  return ownerId === null ? managesWorkspace : ownerId === user?.id;
}
