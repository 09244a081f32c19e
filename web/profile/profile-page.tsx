import { Anchor, SegmentedControl, Stack, useMantineColorScheme } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { LANGUAGES } from '../../shared/languages.ts';
import { CONSOLE_LANGUAGES, setLanguage, useLanguage, useTexts } from '../language/language.ts';
import { ConsolePage } from '../ui/page/page.tsx';
import { Section, Sections } from '../ui/page/section.tsx';
import { preferencesTexts } from '../ui/preferences/texts.ts';
import { SCHEMES } from '../ui/theme/theme.ts';
import { DeleteAccount } from './delete-account.tsx';
import { LinkedIdentities } from './identities.tsx';
import { UserNameForm } from './name-form.tsx';
import { PasskeysSection } from './passkeys.tsx';
import { PasswordForm } from './password-form.tsx';
import { SecondFactorSection } from './second-factor.tsx';
import { profileTexts } from './texts.ts';

export function ProfilePage() {
  const texts = useTexts(profileTexts);
  return (
    <ConsolePage title={texts.title}>
      <Sections maw="60rem">
        <Section isSplit title={texts.you}>
          <UserNameForm />
        </Section>
        <Section isSplit isScreenOnly title={texts.password} description={texts.passwordMore}>
          <PasswordForm />
        </Section>
        <SecondFactorSection />
        <PasskeysSection />
        <LinkedIdentities />
        <Section isSplit isScreenOnly title={texts.preferences}>
          <Preferred />
        </Section>
        <Section isSplit isScreenOnly title={texts.sessions}>
          <Anchor component={Link} to="/sessions">
            {texts.sessionsMore}
          </Anchor>
        </Section>
        <Section isSplit isDangerous title={texts.delete} description={texts.deleteMore}>
          <DeleteAccount />
        </Section>
      </Sections>
    </ConsolePage>
  );
}

function Preferred() {
  const texts = useTexts(profileTexts);
  const { schemes } = useTexts(preferencesTexts);
  const language = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Stack gap="sm" align="flex-start">
      <SegmentedControl
        aria-label={texts.language}
        data={LANGUAGES.map((value) => ({ value, label: CONSOLE_LANGUAGES[value] }))}
        value={language}
        onChange={(value) => setLanguage(value as typeof language)}
      />
      <SegmentedControl
        aria-label={texts.scheme}
        data={SCHEMES.map((value) => ({ value, label: schemes[value] }))}
        value={colorScheme}
        onChange={(value) => setColorScheme(value as typeof colorScheme)}
      />
    </Stack>
  );
}
