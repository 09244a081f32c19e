import { Button, Menu, useMantineColorScheme } from '@mantine/core';
import { IconSun } from '@tabler/icons-react';
import { LANGUAGES } from '../../shared/languages.ts';
import { CONSOLE_LANGUAGES, setLanguage, useLanguage, useTexts } from '../language/language.ts';
import { preferencesTexts } from '../ui/preferences/texts.ts';
import { SCHEMES } from '../ui/theme/theme.ts';

/** The choice of language and colours, signed in or not. */
export function Preferences() {
  const texts = useTexts(preferencesTexts);
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" keepMounted={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          px={8}
          leftSection={<IconSun size={16} stroke={1.6} aria-hidden />}
          aria-label={`${texts.language}, ${texts.scheme}`}
        >
          {language.toUpperCase()}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{texts.language}</Menu.Label>
        <Menu.RadioGroup value={language} onChange={(chosen) => setLanguage(chosen as typeof language)}>
          {LANGUAGES.map((language) => (
            <Menu.RadioItem key={language} value={language} lang={language} closeMenuOnClick>
              {CONSOLE_LANGUAGES[language]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{texts.scheme}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(chosen) => setColorScheme(chosen as typeof colorScheme)}
        >
          {SCHEMES.map((scheme) => (
            <Menu.RadioItem key={scheme} value={scheme} closeMenuOnClick>
              {texts.schemes[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
