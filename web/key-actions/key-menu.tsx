import { ActionIcon, Menu } from '@mantine/core';
import { useRef } from 'react';
import type { ConsoleKey } from '../key-model/key.ts';
import { useMayHold } from '../key-model/may-hold.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';
import type { Choose, KeyAction } from './key-action.ts';

/** The actions for each status of a key: the service refuses the rest. */
const OFFERED = {
  active: ['rotate', 'disable', 'revoke'],
  disabled: ['enable', 'revoke'],
  expired: ['revoke'],
  revoked: [],
} as const satisfies Record<ConsoleKey['status'], readonly KeyAction[]>;

/** Actions only for people who may see the key's secrets. */
const FOR_HOLDERS: ReadonlySet<KeyAction> = new Set(['rotate', 'enable']);

/** The actions of a key; none once it is revoked or expired. */
export function KeyMenu({ apiKey, choose }: { readonly apiKey: ConsoleKey; readonly choose: Choose }) {
  const texts = useTexts(keysTexts);
  const button = useRef<HTMLButtonElement>(null);
  const mayHold = useMayHold(apiKey);
  const all: readonly KeyAction[] = OFFERED[apiKey.status];
  if (all.length === 0) return null;
  const offered = all.filter((action) => mayHold || !FOR_HOLDERS.has(action));
  return (
    <Menu position="bottom-end" keepMounted={false}>
      <Menu.Target>
        <ActionIcon
          ref={button}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={texts.actionsOf(apiKey.name)}
        >
          <svg viewBox="0 0 16 16" width={16} height={16} fill="currentColor" aria-hidden="true">
            <circle cx={8} cy={3} r={1.5} />
            <circle cx={8} cy={8} r={1.5} />
            <circle cx={8} cy={13} r={1.5} />
          </svg>
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {offered.length < all.length && (
          <Menu.Label>{apiKey.ownerId === null ? texts.ofManagers : texts.ofAnother}</Menu.Label>
        )}
        {offered.map((action) => (
          <Menu.Item
            key={action}
            {...(action === 'revoke' ? { c: 'var(--mantine-color-error)' } : {})}
            onClick={() => choose(action, apiKey, button.current)}
          >
            {texts[action].item}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
