import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTexts } from '../../language/language.ts';
import { shellTexts } from '../texts.ts';

interface DebugLinkProps {
  /** A call of a key, as it is recorded. */
  readonly call: {
    readonly procedure: string;
    /** The id of the key. */
    readonly key: string;
    readonly environment: 'live' | 'test';
    readonly reason: string;
  };
  /** Whether it is in the row of a table. */
  readonly isShort?: boolean;
}

/** Leads from a call whose signature was refused to the debugger, with what is known of it; nothing for other calls. */
export function DebugLink({ call, isShort = false }: DebugLinkProps) {
  const { debug, debugShort } = useTexts(shellTexts);
  if (!call.reason.startsWith('SIGNATURE_')) return null;
  return (
    <Button
      {...(isShort
        ? { size: 'compact-xs', variant: 'default', title: debug, style: { flex: 'none' } }
        : { size: 'compact-sm' })}
      renderRoot={(props) => <Link {...props} to="/security/debugger" search={call} />}
    >
      {isShort ? debugShort : debug}
    </Button>
  );
}
