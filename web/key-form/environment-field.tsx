import { Group, Radio } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';

export function EnvironmentField({ form }: FieldProps) {
  const texts = useTexts(fieldTexts);
  return (
    <Radio.Group label={texts.environment} {...form.getInputProps('environment')}>
      <Group mt={4} gap="lg" align="flex-start">
        {(['test', 'live'] as const).map((environment) => (
          <Radio
            key={environment}
            value={environment}
            label={texts.environments[environment]}
            description={texts.environmentHints[environment]}
          />
        ))}
      </Group>
    </Radio.Group>
  );
}
