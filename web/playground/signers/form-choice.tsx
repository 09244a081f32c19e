import { NativeSelect } from '@mantine/core';
import type { SignatureForm } from '../../../shared/snippets/parts.ts';
import { useTexts } from '../../language/language.ts';
import { playgroundTexts } from '../texts.ts';

const FORMS: readonly SignatureForm[] = ['v1', 'rfc9421'];

interface FormChoiceProps {
  readonly chosen: SignatureForm;
  readonly onChoose: (form: SignatureForm) => void;
}

/** The choice between the two signature formats. */
export function FormChoice({ chosen, onChoose }: FormChoiceProps) {
  const { form, forms } = useTexts(playgroundTexts);
  return (
    <NativeSelect
      label={form}
      data={FORMS.map((value) => ({ value, label: forms[value] }))}
      value={chosen}
      onChange={({ currentTarget }) => onChoose(currentTarget.value as SignatureForm)}
    />
  );
}
