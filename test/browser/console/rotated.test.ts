import type { Locator } from 'playwright-core';
import { expect, vi } from 'vitest';
import { PASSWORD, showSecrets, signUp, visited } from '../../harness/console.ts';
import { createKey } from '../../harness/people.ts';
import { requires } from '../../harness/requires.ts';
import { signInAgain } from '../../harness/teams.ts';
import { type Credentials, queryTarget, send, sign } from '../../harness/wire.ts';

vi.setConfig({ testTimeout: 120_000 });

const WORDS = {
  en: {
    actions: 'Actions for Shop',
    rotate: 'Rotate…',
    rotateNow: 'Rotate',
    waiting: 'Waiting for a call with the new secrets…',
    old: 'A call arrived with the previous secrets',
    arrived: 'A call with the new secrets has arrived.',
    done: 'Done',
    labels: ['API key', 'Signing secret'],
    first: /first call/i,
  },
  fr: {
    actions: 'Actions pour Shop',
    rotate: 'Rotation…',
    rotateNow: 'Faire la rotation',
    waiting: 'En attente d’un appel avec les nouveaux secrets…',
    old: 'Un appel est arrivé avec les anciens secrets',
    arrived: 'Un appel avec les nouveaux secrets est arrivé.',
    done: 'Terminé',
    labels: ['Clé d’API', 'Secret de signature'],
    first: /premier appel/i,
  },
} as const;

requires('browser').describe('a rotated key with a grace period', () => {
  const { test } = requires('browser');
  const at = visited();

  const reasonOf = async (key: Credentials) => {
    const draft = sign(key, queryTarget('exemple'), { authority: at.service.authority });
    return (await send(at.service.port, draft)).reason ?? 'OK';
  };
  const dialog = () => at.page.getByRole('dialog');

  for (const [language, words] of Object.entries(WORDS))
    test(`waits for a call with the new secrets, not with the old ones (${language})`, async () => {
      const email = await signUp(at.page);
      const key = await createKey(at.service, await signInAgain(at.service, { email, password: PASSWORD }), {
        name: 'Shop',
      });
      await at.page.goto(`/keys/${key.id}`);
      if (language === 'fr') {
        await at.page.getByRole('button', { name: 'Language' }).click();
        await at.page.getByText('Français').click();
      }
      await at.page.getByRole('button', { name: words.actions }).click();
      await at.page.getByRole('menuitem', { name: words.rotate }).click();
      await dialog().getByRole('button', { name: words.rotateNow, exact: true }).click();
      await dialog().getByText(words.waiting).waitFor();
      const right = async (of: Locator) => {
        const { x = 0, width = 0 } = (await of.boundingBox()) ?? {};
        return Math.round(x + width);
      };
      const done = dialog().getByRole('button', { name: words.done, exact: true });
      expect(await right(done)).toBe(await right(dialog().getByRole('alert').first()));
      expect(await reasonOf(key)).toBe('OK');
      await dialog().getByText(words.old).waitFor();
      expect(await dialog().getByText(words.waiting).count()).toBe(1);
      expect(await dialog().getByText(words.first).count()).toBe(0);

      await showSecrets(dialog());
      const [apiKey = '', signingSecret = ''] = await Promise.all(
        words.labels.map((label) => dialog().getByLabel(label, { exact: true }).innerText()),
      );
      expect(await reasonOf({ id: key.id, apiKey, signingSecret })).toBe('OK');
      await dialog().getByText(words.arrived).waitFor();
      expect(await dialog().getByText(words.old).count()).toBe(0);
    });
});
