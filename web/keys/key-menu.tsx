import { ActionIcon, Menu } from '@mantine/core';
import { useRef } from 'react';
import { useTexts } from '../language/language.ts';
import type { Key } from './key.ts';
import type { Choose } from './key-dialog.tsx';
import { keysTexts } from './texts.ts';

/** What can be done with a key as it stands: the service refuses the rest. */
const OFFERED = {
  active: ['rotate', 'disable', 'revoke'],
  disabled: ['enable', 'revoke'],
  expired: ['revoke'],
  revoked: [],
} as const satisfies Record<Key['status'], readonly KeyAction[]>;

export type KeyAction = 'rotate' | 'disable' | 'enable' | 'revoke';

/** The actions of a key; none where it has ended for good. */
export function KeyMenu({ of, choose }: { readonly of: Key; readonly choose: Choose }) {
  const texts = useTexts(keysTexts);
  const button = useRef<HTMLButtonElement>(null);
  const offered = OFFERED[of.status];
  if (offered.length === 0) return null;
  return (
    <Menu position="bottom-end" keepMounted={false}>
      <Menu.Target>
        <ActionIcon
          ref={button}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={texts.actionsOf(of.name)}
        >
          <svg viewBox="0 0 16 16" width={16} height={16} fill="currentColor" aria-hidden="true">
            <circle cx={8} cy={3} r={1.5} />
            <circle cx={8} cy={8} r={1.5} />
            <circle cx={8} cy={13} r={1.5} />
          </svg>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {offered.map((action) => (
          <Menu.Item
            key={action}
            {...(action === 'revoke' ? { c: 'var(--mantine-color-error)' } : {})}
            onClick={() => choose(action, of, button.current)}
          >
            {texts[action].item}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
