import { expect } from 'vitest';
import { clientOf, expectGood, picture, signUp, visited, WITH_MOTION } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

requires('browser').describe('the seal', () => {
  const { test } = requires('browser');
  const at = visited(undefined, WITH_MOTION);

  const seal = (name: string | RegExp) => at.page.getByRole('img', { name });
  const ACCEPTED = 'The ten lines closed into a seal: the call was accepted.';

  const playground = async () => {
    const person = await clientOf(at.service, await signUp(at.page));
    const made = await person.keys.create.mutate({
      ...{ name: 'Sealed', environment: 'test', permissions: ['exemple:read'] },
    });
    await at.page.goto(`/playground?key=${made.key.id}`);
    await at.page.getByLabel('API key', { exact: true }).fill(made.secret ?? '');
    await at.page.getByLabel('Signing secret', { exact: true }).fill(made.signingSecret ?? '');
    await at.page.getByRole('button', { name: 'Use this key' }).click();
  };
  const send = (breakage: string) => async () => {
    await at.page.getByRole('combobox', { name: 'Break it on purpose' }).selectOption(breakage);
    await at.page.getByRole('button', { name: 'Sign and send' }).click();
  };

  test('closes for an accepted call, and cracks at the line that differs', async () => {
    await playground();
    await at.page.evaluate(
      "addEventListener('animationstart', ({ target }) => { window.moved ||= target.closest('[role=img]') !== null; })",
    );
    await at.page.getByRole('button', { name: 'Sign and send' }).click();
    await seal(ACCEPTED).waitFor();
    await expect.poll(() => at.page.evaluate('window.moved')).toBe(true);
    await picture(at.page, 'seal-accepted');
    for (const [breakage, line] of [
      ['path', 7],
      ['late', 3],
      ['replay', 4],
    ] as const) {
      await send(breakage)();
      await seal(`The seal is cracked at line ${line} of 10: the call was refused.`).waitFor();
    }
    await expectGood(at.page, 'seal-refused');
  });

  test('is next to the sign-in form, and does not move with prefers-reduced-motion', async () => {
    await at.page.emulateMedia({ reducedMotion: 'reduce' });
    await at.page.setViewportSize({ width: 1440, height: 900 });
    await at.page.goto('/sign-in');
    await seal(ACCEPTED).waitFor();
    const moving = await at.page.evaluate('document.getAnimations().length');
    expect(moving).toBe(0);
    await expectGood(at.page, 'sign-in-wide');
  });

  test('stays open in the debugger until a secret or a base is compared', async () => {
    await at.page.goto('/security/debugger');
    const base = ['v1.request', 'abcdefghijkl', '1796083200', 'n', 'GET', 'a.example', '/x', '', 'e', 'e'];
    await at.page.getByLabel('The request, as it was sent').fill(base.join('\n'));
    await at.page
      .getByLabel('The signature base that your code built')
      .fill(base.with(5, 'b.example').join('\n'));
    await at.page.getByRole('button', { name: 'Find the difference' }).click();
    await seal('The seal is cracked at line 6 of 10: the call was refused.').waitFor();
  });
});
