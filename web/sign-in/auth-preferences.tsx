import { Group, NativeSelect, useMantineColorScheme } from '@mantine/core';
import { LANGUAGES } from '../../shared/languages.ts';
import { CONSOLE_LANGUAGES, setLanguage, useLanguage, useTexts } from '../language/language.ts';
import { preferencesTexts } from '../ui/preferences/texts.ts';
import { SCHEMES } from '../ui/theme/theme.ts';

/** The choice of language and colours with native controls: a menu would be a seventh of all that this page loads. */
export function AuthPreferences() {
  const texts = useTexts(preferencesTexts);
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Group gap="xs" wrap="nowrap">
      <NativeSelect
        size="xs"
        aria-label={texts.language}
        value={language}
        data={LANGUAGES.map((value) => ({ value, label: CONSOLE_LANGUAGES[value] }))}
        onChange={(event) => setLanguage(event.currentTarget.value as typeof language)}
      />
      <NativeSelect
        size="xs"
        aria-label={texts.scheme}
        value={colorScheme}
        data={SCHEMES.map((value) => ({ value, label: texts.schemes[value] }))}
        onChange={(event) => setColorScheme(event.currentTarget.value as typeof colorScheme)}
      />
    </Group>
  );
}
