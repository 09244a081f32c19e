import { Button, Group, NativeSelect, Stack } from '@mantine/core';
import { CodeField } from '../key-form/code-field.tsx';
import { EnvironmentField } from '../key-form/environment-field.tsx';
import { NameField } from '../key-form/name-field.tsx';
import { PermissionsField } from '../key-form/permissions-field.tsx';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/failed.tsx';
import { PRESETS, type Preset, presetOf, type WorkloadIssuer } from './presets.ts';
import { workloadTexts } from './texts.ts';
import { TokenPart } from './token-part.tsx';
import { useRuleForm } from './use-rule-form.ts';

interface RuleFormProps {
  readonly issuers: readonly WorkloadIssuer[];
  readonly onMade: () => void;
  readonly onCancel: () => void;
}

/** What a token must be, and what its key may do. */
export function RuleForm({ issuers, onMade, onCancel }: RuleFormProps) {
  const texts = useTexts(workloadTexts);
  const { form, submit, failed, waits, token, wrong, change, choose } = useRuleForm(issuers, onMade);
  const [first] = issuers;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <NameField form={form} />
        <NativeSelect
          label={texts.preset}
          defaultValue={first ? presetOf(first) : 'other'}
          data={(Object.keys(PRESETS) as Preset[]).map((value) => ({ value, label: texts.presets[value] }))}
          onChange={({ currentTarget }) => choose(currentTarget.value as Preset)}
        />
        <TokenPart {...{ issuers, token, wrong, onChange: change }} />
        <EnvironmentField form={form} />
        <PermissionsField form={form} />
        <CodeField form={form} name="addresses" />
        <Failed error={failed} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel}>
            {texts.cancel}
          </Button>
          <Button type="submit" loading={waits}>
            {texts.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
