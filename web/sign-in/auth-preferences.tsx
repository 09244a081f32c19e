import { Group, NativeSelect, useMantineColorScheme } from '@mantine/core';
import { LANGUAGE_NAMES, LANGUAGES, speak, useLanguage, useTexts } from '../language/language.ts';
import { shellTexts } from '../ui/texts.ts';
import { SCHEMES } from '../ui/theme.ts';

/** The language and the colours, by what a browser has itself: a menu is a seventh of all that the door loads. */
export function DoorPreferences() {
  const texts = useTexts(shellTexts);
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Group gap="xs" wrap="nowrap">
      <NativeSelect
        {...{ size: 'xs', 'aria-label': texts.language, value: language }}
        data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        onChange={(event) => speak(event.currentTarget.value as typeof language)}
      />
      <NativeSelect
        {...{ size: 'xs', 'aria-label': texts.scheme, value: colorScheme }}
        data={SCHEMES.map((value) => ({ value, label: texts.schemes[value] }))}
        onChange={(event) => setColorScheme(event.currentTarget.value as typeof colorScheme)}
      />
    </Group>
  );
}
