import { sql } from 'drizzle-orm';
import { expect, vi } from 'vitest';
import { signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 240_000 });

const KEYS = 10_000;
/** Rows that the browser may hold at once, however many keys there are. */
const MAX_ROWS = 60;

requires('browser').describe('a workspace with 10,000 keys', () => {
  const { test } = requires('browser');
  const at = visited();

  /** Keys from `Key 00001`, the newest, to `Key 10000`; the secrets of none are known. */
  async function seedKeys(email: string): Promise<void> {
    await at.service.running.service.stores.database.db.execute(sql`
      insert into keys (id, workspace_id, owner_id, name, environment, permissions, secret_hash, pepper_version,
        signing_sealed, signing_version, created_at)
      select 'k' || lpad(n::text, 11, '0'), m.workspace_id, u.id, 'Key ' || lpad(n::text, 5, '0'),
        case when n % 4 = 0 then 'test' else 'live' end, '["exemple:read"]', 'ff', 1, 'none', 1,
        date_trunc('milliseconds', now()) - n * interval '1 minute'
      from users u join memberships m on m.user_id = u.id, generate_series(1, ${KEYS}) n where u.email = ${email}`);
  }

  test('lists them by scrolling and finds one by its name, with few rows in the page', async () => {
    await at.page.setViewportSize({ width: 1280, height: 800 });
    await seedKeys(await signUp(at.page));
    await at.page.goto('about:blank');
    let lists = 0;
    at.page.on('request', (request) => {
      if (/keys\.list/.test(request.url())) lists++;
    });
    await at.page.goto('/keys');
    const key = (number: string) => at.page.getByRole('link', { name: `Key ${number}`, exact: true });
    const shown = (text: string) => at.page.getByRole('status').filter({ hasText: text });
    const rows = () => at.page.getByRole('row').count();
    await key('00001').waitFor();
    await shown('The first 100 keys').waitFor();
    // One page of the list, not all of it.
    expect(lists).toBe(1);
    expect(await rows()).toBeLessThanOrEqual(MAX_ROWS);
    await at.page.mouse.move(640, 500);
    const end = shown('The first 1,000 keys');
    while (!(await end.isVisible())) {
      await at.page.mouse.wheel(0, 4_000);
      expect(await rows()).toBeLessThanOrEqual(MAX_ROWS);
    }
    await at.page.keyboard.press('End');
    await key('01000').or(key('01100')).first().waitFor();

    await at.page.keyboard.press('Home');
    await at.page.getByRole('searchbox', { name: 'Search' }).fill('key 0999');
    await shown('10 keys').waitFor();
    await key('09990').waitFor();
    await at.page.getByRole('searchbox', { name: 'Search' }).fill('k00000009876');
    await key('09876').waitFor();
    await shown('1 key').waitFor();
    expect(await rows()).toBeLessThanOrEqual(3);
    await at.page.goto('/keys?sort=oldest&environment=test');
    await key('10000').waitFor();
    expect(await rows()).toBeLessThanOrEqual(MAX_ROWS);
    // The overview looks at the newest of them.
    await at.page.goto('/');
    await at.page.getByText('Computed from the newest 300 active keys.').waitFor();
  });
});
