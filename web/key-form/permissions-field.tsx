import { Button, Checkbox, Group, Input, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { covers } from '../../shared/permissions.ts';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { listGrantable } from './grantable.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';
import { usePermissionHint } from './use-permission-hint.ts';

interface PermissionsFieldProps extends FieldProps {
  /** Whether a heading above it has its title: then only screen readers get its label. */
  readonly isTitled?: boolean;
}

/** The permissions of a key by area, with three ways to choose many at once. */
export function PermissionsField({ form, isTitled = false }: PermissionsFieldProps) {
  const texts = useTexts(fieldTexts);
  const me = useMe();
  const id = useId();
  const { permissions } = form.getValues();
  // Permissions that the key had are still offered after the user removes them.
  const [before] = useState(permissions);
  const areas = listGrantable(me, before);
  const error = form.errors['permissions'];
  const choose = (names: readonly string[]) => form.setFieldValue('permissions', [...names].sort());
  return (
    <Input.Wrapper
      id={id}
      labelElement="div"
      label={texts.permissions}
      description={texts.permissionsHint}
      inputWrapperOrder={['label', 'description', 'error', 'input']}
      labelProps={isTitled ? { className: 'visually-hidden' } : {}}
      error={error}
    >
      <Stack
        role="group"
        gap={6}
        mt={6}
        mb={error ? 6 : 0}
        aria-labelledby={`${id}-label`}
        aria-describedby={error ? `${id}-error` : `${id}-description`}
      >
        <Picks onChoose={choose} />
        {GROUPS.map(([group, belongs]) => (
          <PermissionGroup
            key={group}
            title={texts.permissionGroups[group]}
            isFolded={group === 'administration' && !permissions.some((name) => belongs(areaOf(name)))}
            names={areas.filter(([first = '']) => belongs(areaOf(first))).flat()}
            chosen={permissions}
            onChoose={choose}
          />
        ))}
      </Stack>
    </Input.Wrapper>
  );
}

/** The three ways to choose many at once. */
function Picks({ onChoose }: Pick<PermissionProps, 'onChoose'>) {
  const { picks } = useTexts(fieldTexts);
  const { permissions } = useMe();
  const names = {
    reading: permissions.filter((name) => name.endsWith(':read')),
    everything: permissions,
    nothing: [],
  };
  return (
    <Group gap={6}>
      {(['reading', 'everything', 'nothing'] as const).map((pick) => (
        <Button key={pick} size="compact-xs" variant="default" onClick={() => onChoose(names[pick])}>
          {picks[pick]}
        </Button>
      ))}
    </Group>
  );
}

/** Areas of the service's own administration; all others are those of the API that it protects. */
const ADMINISTRATION: ReadonlySet<string> = new Set([
  'keys',
  'members',
  'workspaces',
  'usage',
  'audit',
  'requests',
]);

const areaOf = (permission: string) => permission.slice(0, permission.indexOf(':'));

/** The API's own permissions first: most keys need no others. */
const GROUPS = [
  ['api', (area: string) => !ADMINISTRATION.has(area)],
  ['administration', (area: string) => ADMINISTRATION.has(area)],
] as const;

interface PermissionGroupProps extends Omit<PermissionProps, 'name'> {
  readonly title: string;
  readonly names: readonly string[];
  /** Whether it is shown only on request. */
  readonly isFolded: boolean;
}

function PermissionGroup({ title, names, isFolded, ...props }: PermissionGroupProps) {
  const [isOpen, setOpen] = useState(!isFolded);
  // Once it is open it stays open, even if its last permission is removed.
  if (!isFolded && !isOpen) setOpen(true);
  if (names.length === 0) return null;
  if (!isOpen) {
    return (
      <Button
        size="compact-sm"
        variant="subtle"
        justify="flex-start"
        w="fit-content"
        ml={-8}
        rightSection={<IconChevronDown size={14} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {title}
      </Button>
    );
  }
  return (
    <Stack gap={6} mt={6}>
      <Text size="xs" fw={550} c="dimmed">
        {title}
      </Text>
      <SimpleGrid
        type="container"
        cols={{ base: 1, '24rem': 2, '44rem': 3 }}
        spacing="sm"
        verticalSpacing={8}
      >
        {names.map((name) => (
          <Permission key={name} name={name} {...props} />
        ))}
      </SimpleGrid>
    </Stack>
  );
}

interface PermissionProps {
  readonly name: string;
  readonly chosen: readonly string[];
  readonly onChoose: (names: readonly string[]) => void;
}

/** One permission; its area's wildcard includes it. */
function Permission({ name, chosen, onChoose }: PermissionProps) {
  const hintOf = usePermissionHint();
  const isTakenIn = !chosen.includes(name) && covers(chosen, name);
  const others = chosen.filter((other) => other !== name && !covers([name], other));
  return (
    <Checkbox
      label={name}
      size="sm"
      disabled={isTakenIn}
      data-path="permissions"
      description={hintOf(name)}
      styles={{ label: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      checked={covers(chosen, name)}
      onChange={({ currentTarget: { checked } }) => onChoose(checked ? [...others, name] : others)}
    />
  );
}
