import { ActionIcon, Menu } from '@mantine/core';
import { useRef } from 'react';
import type { ConsoleKey } from '../key-model/key.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';
import type { Choose } from './key-action.ts';
import { useOfferedActions } from './offered-actions.ts';

/** The actions of a key; none once it is revoked or expired. */
export function KeyMenu({ apiKey, choose }: { readonly apiKey: ConsoleKey; readonly choose: Choose }) {
  const texts = useTexts(keysTexts);
  const button = useRef<HTMLButtonElement>(null);
  const { actions, isPartial } = useOfferedActions(apiKey);
  if (actions.length === 0) return null;
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
        {isPartial && <Menu.Label>{apiKey.ownerId === null ? texts.ofManagers : texts.ofAnother}</Menu.Label>}
        {actions.map((action) => (
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
