import { useMay, useMe } from '../session/me.ts';
import type { ConsoleKey } from './key.ts';

/**
 * Whether the signed-in user may see the secrets of a key and enable it: it is their own key, or a service key of a
 * workspace that they manage.
 */
export function useMayHold({ ownerId }: ConsoleKey): boolean {
  const { user } = useMe();
  const managesWorkspace = useMay('workspaces:write');
  return ownerId === null ? managesWorkspace : ownerId === user?.id;
}
