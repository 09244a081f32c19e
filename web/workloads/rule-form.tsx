import { Button, Checkbox, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { CodeField } from '../key-form/code-field.tsx';
import { EnvironmentField } from '../key-form/environment-field.tsx';
import { NameField } from '../key-form/name-field.tsx';
import { PermissionsField } from '../key-form/permissions-field.tsx';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { PRESETS, type Preset, presetOf, type WorkloadIssuer } from './presets.ts';
import type { Rule } from './rule.ts';
import { workloadTexts } from './texts.ts';
import { TokenPart } from './token-part.tsx';
import { useRuleForm } from './use-rule-form.ts';

interface RuleFormProps {
  readonly issuers: readonly WorkloadIssuer[];
  /** The rule to change; absent for a new one. */
  readonly rule?: Rule;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

/** What a token must be, and what its key may do. */
export function RuleForm({ issuers, rule, onDone, onCancel }: RuleFormProps) {
  const texts = useTexts(workloadTexts);
  const { form, submit, failed, isPending, token, wrong, change, choose } = useRuleForm(
    issuers,
    rule,
    onDone,
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {rule && <Text>{texts.editMore}</Text>}
        <NameField form={form} />
        {!rule && <PresetField issuers={issuers} choose={choose} />}
        <TokenPart issuers={issuers} token={token} wrong={wrong} onChange={change} />
        <EnvironmentField form={form} />
        <PermissionsField form={form} />
        <CodeField form={form} name="addresses" />
        {rule && (
          <Checkbox
            label={texts.enabled}
            checked={token.enabled}
            onChange={({ currentTarget }) => change({ enabled: currentTarget.checked })}
          />
        )}
        <Failed error={failed} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onCancel}>
            {texts.cancel}
          </Button>
          <Button type="submit" loading={isPending}>
            {rule ? texts.save : texts.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PresetFieldProps {
  readonly issuers: readonly WorkloadIssuer[];
  readonly choose: (preset: Preset) => void;
}

function PresetField({ issuers: [first], choose }: PresetFieldProps) {
  const texts = useTexts(workloadTexts);
  return (
    <NativeSelect
      label={texts.preset}
      defaultValue={first ? presetOf(first) : 'other'}
      data={(Object.keys(PRESETS) as Preset[]).map((value) => ({ value, label: texts.presets[value] }))}
      onChange={({ currentTarget }) => choose(currentTarget.value as Preset)}
    />
  );
}
