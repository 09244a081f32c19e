import type { ConsoleKey } from '../key-model/key.ts';
import { useMay } from '../session/me.ts';
import { useKeyDialog } from './key-dialog.tsx';
import { KeyMenu } from './key-menu.tsx';

/** The actions for a key: rotate, disable or enable, revoke. */
export function KeyActions({ apiKey }: { readonly apiKey: ConsoleKey }) {
  const mayWrite = useMay('keys:write');
  const { choose, dialog } = useKeyDialog();
  return (
    <>
      {mayWrite && <KeyMenu apiKey={apiKey} choose={choose} />}
      {dialog}
    </>
  );
}
