import { Checkbox } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';

/** Whether a new key belongs to the workspace: offered to users who may decide that. */
export function ServiceField({ form }: FieldProps) {
  const { service, serviceHint } = useTexts(fieldTexts);
  const managesWorkspace = useMay('workspaces:write');
  if (!managesWorkspace) return null;
  return (
    <Checkbox
      label={service}
      description={serviceHint}
      {...form.getInputProps('isService', { type: 'checkbox' })}
    />
  );
}
