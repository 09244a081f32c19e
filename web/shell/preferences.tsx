import { Button, Menu, useMantineColorScheme } from '@mantine/core';
import { LANGUAGES, speak, useLanguage, useTexts } from '../language/language.ts';
import { shellTexts } from './texts.ts';

export const LANGUAGE_NAMES = { en: 'English', fr: 'Français' } as const;
export const SCHEMES = ['auto', 'light', 'dark'] as const;

/** The language and the colours, for whoever is there, signed in or not. */
export function Preferences() {
  const texts = useTexts(shellTexts);
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" keepMounted={false}>
      <Menu.Target>
        <Button variant="subtle" color="gray" px="xs" aria-label={`${texts.language}, ${texts.scheme}`}>
          {language.toUpperCase()}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{texts.language}</Menu.Label>
        {LANGUAGES.map((one) => (
          <Choice key={one} chosen={one === language} onChoose={() => speak(one)} lang={one}>
            {LANGUAGE_NAMES[one]}
          </Choice>
        ))}
        <Menu.Label>{texts.scheme}</Menu.Label>
        {SCHEMES.map((scheme) => (
          <Choice key={scheme} chosen={scheme === colorScheme} onChoose={() => setColorScheme(scheme)}>
            {texts.schemes[scheme]}
          </Choice>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface ChoiceProps {
  readonly chosen: boolean;
  readonly onChoose: () => void;
  readonly children: string;
  readonly lang?: string;
}

function Choice({ chosen, onChoose, children, lang }: ChoiceProps) {
  return (
    <Menu.Item
      role="menuitemradio"
      aria-checked={chosen}
      onClick={onChoose}
      lang={lang}
      rightSection={chosen ? '✓' : undefined}
    >
      {children}
    </Menu.Item>
  );
}
