import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { session } from '../api/browser-session.ts';
import { api, queryClient } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { LinkedIdentities } from '../profile/identities.tsx';
import { SecondFactorSection } from '../profile/second-factor.tsx';
import { ISSUERS } from '../sign-in/issuers.ts';
import { stepUpTexts } from '../step-up/texts.ts';
import { LeaveWorkspace } from '../team/leave-workspace.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { OtherWorkspaces } from './other-workspaces.tsx';

const ISSUER = 'issuer:';

interface RuleUnmetProps {
  /** `missing` of the refusal: the requirements of the workspace that the sign-in does not meet. */
  readonly unmet: readonly string[];
  /** Asks the service again. */
  readonly retry: () => unknown;
}

/** Shown if the workspace requires a different sign-in from that of the session: what the user can do about it. */
export function RuleUnmet({ unmet, retry }: RuleUnmetProps) {
  const texts = useTexts(stepUpTexts);
  const issuer = unmet.find((requirement) => requirement.startsWith(ISSUER))?.slice(ISSUER.length);
  return (
    <ConsolePage title={texts.unmet} description={texts.unmetMore}>
      <Stack>
        {issuer === undefined ? <NeedsFactor retry={retry} /> : <NeedsIssuer name={issuer} />}
        <OtherWorkspaces />
        <Group>
          <LeaveWorkspace />
        </Group>
      </Stack>
    </ConsolePage>
  );
}

function NeedsIssuer({ name }: { readonly name: string }) {
  const texts = useTexts(stepUpTexts);
  const { href } = useLocation();
  const [failed, setFailed] = useState<unknown>(null);
  const issuer = ISSUERS.find((trusted) => trusted.name === name);
  if (!issuer) return <Text>{texts.unmetGone(name)}</Text>;
  return (
    <Stack>
      <Text>{texts.unmetIssuer(issuer.title)}</Text>
      <Group>
        <Button onClick={() => void session.signInWith(name, href).catch(setFailed)}>
          <bdi>{texts.unmetSignIn(issuer.title)}</bdi>
        </Button>
      </Group>
      <Failed error={failed} />
      <LinkedIdentities />
    </Stack>
  );
}

/** A second factor that is set up here admits this session; with one from before, the user signs in again. */
function NeedsFactor({ retry }: Pick<RuleUnmetProps, 'retry'>) {
  const texts = useTexts(stepUpTexts);
  const { data } = useQuery(api.secondFactor.get.queryOptions());
  const leave = async () => {
    queryClient.clear();
    await session.signOut().catch(() => {});
  };
  return (
    <Stack>
      <Text>{texts.unmetFactor}</Text>
      <SecondFactorSection />
      <Group>
        <Button disabled={!data?.confirmedAt} onClick={() => void retry()}>
          {texts.unmetContinue}
        </Button>
        <Button variant="default" onClick={() => void leave()}>
          {texts.unmetSignOut}
        </Button>
      </Group>
    </Stack>
  );
}
