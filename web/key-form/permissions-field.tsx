import { Button, Checkbox, Group, Input, Stack } from '@mantine/core';
import { useId, useState } from 'react';
import { covers } from '../../shared/permissions.ts';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { grantable } from './grantable.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';

/** The permissions of a key by area, with three ways to choose many at once. */
export function PermissionsField({ form }: FieldProps) {
  const texts = useTexts(fieldTexts);
  const me = useMe();
  const id = useId();
  const { permissions } = form.getValues();
  // Permissions that the key had stay on offer after the person removes them.
  const [before] = useState(permissions);
  const areas = grantable(me, before);
  const error = form.errors['permissions'];
  const choose = (names: readonly string[]) => form.setFieldValue('permissions', [...names].sort());
  const picks = {
    reading: me.permissions.filter((name) => name.endsWith(':read')),
    everything: me.permissions,
    nothing: [],
  };
  return (
    <Input.Wrapper
      {...{ id, labelElement: 'div', label: texts.permissions, description: texts.permissionsHint, error }}
    >
      <Stack
        {...{ role: 'group', gap: 6, mt: 6, mb: error ? 6 : 0 }}
        aria-labelledby={`${id}-label`}
        aria-describedby={error ? `${id}-error` : `${id}-description`}
      >
        <Group gap={6}>
          {(['reading', 'everything', 'nothing'] as const).map((pick) => (
            <Button key={pick} size="compact-xs" variant="default" onClick={() => choose(picks[pick])}>
              {texts.picks[pick]}
            </Button>
          ))}
        </Group>
        {[
          ...areas.filter((names) => names.length > 1),
          areas.filter((names) => names.length === 1).flat(),
        ].map((names) => (
          <Group key={names[0]} gap="6px 12px">
            {names.map((name) => (
              <Permission key={name} name={name} chosen={permissions} onChoose={choose} />
            ))}
          </Group>
        ))}
      </Stack>
    </Input.Wrapper>
  );
}

interface PermissionProps {
  readonly name: string;
  readonly chosen: readonly string[];
  readonly onChoose: (names: readonly string[]) => void;
}

/** One permission; its area's wildcard includes it. */
function Permission({ name, chosen, onChoose }: PermissionProps) {
  const isTakenIn = !chosen.includes(name) && covers(chosen, name);
  const others = chosen.filter((other) => other !== name && !covers([name], other));
  return (
    <Checkbox
      {...{ label: name, size: 'sm', w: '11rem', disabled: isTakenIn, 'data-path': 'permissions' }}
      styles={{ label: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      checked={covers(chosen, name)}
      onChange={({ currentTarget: { checked } }) => onChoose(checked ? [...others, name] : others)}
    />
  );
}
