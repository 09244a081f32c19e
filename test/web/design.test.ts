import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PAGE_COLORS } from '../../server/html/page-style.ts';
import { brandPalette } from '../../web/ui/theme/brand-palette.ts';
import { contrastOf, mix } from '../../web/ui/theme/contrast.ts';
import { INK, PALETTES } from '../../web/ui/theme/tokens.ts';

/** What WCAG 2.2 requires of text (§1.4.3) and of what shows a state (§1.4.11). */
const [TEXT, GRAPHIC] = [4.5, 3];

describe.each(['light', 'dark'] as const)('the %s palette', (scheme) => {
  const { surfaces, meanings } = PALETTES[scheme];
  const grounds = [surfaces.page, surfaces.card, surfaces.sunken];

  test.each(['heading', 'text', 'dimmed'] as const)('has readable text: %s', (name) => {
    for (const ground of grounds) expect(contrastOf(surfaces[name], ground)).toBeGreaterThanOrEqual(TEXT);
  });

  test.each(Object.entries(meanings))('has a readable colour for what is %s', (_, color) => {
    for (const ground of grounds) expect(contrastOf(color, ground)).toBeGreaterThanOrEqual(TEXT);
    // As text on a tint of itself.
    expect(contrastOf(color, mix(surfaces.card, color, 0.1))).toBeGreaterThanOrEqual(TEXT);
  });

  test('has surfaces that can be told apart', () => {
    expect(new Set(Object.values(surfaces)).size).toBe(Object.values(surfaces).length);
  });
});

test('the pages that the service writes have the colours of the console', () => {
  const { light, dark } = PALETTES;
  const [inLight, inDark] = [light, dark].map(({ surfaces, meanings }) => ({ ...surfaces, ...meanings }));
  for (const [name, colors] of Object.entries(PAGE_COLORS)) {
    const token = name as keyof typeof PAGE_COLORS;
    expect([inLight?.[token], inDark?.[token]], name).toEqual(colors);
  }
});

test.each([
  [INK, 'ink'],
  ['#ffee00', 'yellow'],
  ['#ffffff', 'white'],
  ['#000000', 'black'],
  ['#7f7f7f', 'grey'],
  ['#ff0000', 'red'],
  ['#00d084', 'green'],
  ['#0a2540', 'navy'],
])('a brand of %s (%s) keeps buttons and links readable in both schemes', (color) => {
  const shades = brandPalette(color);
  const { light, dark } = PALETTES;
  expect(contrastOf(shades[7] as string, '#ffffff')).toBeGreaterThanOrEqual(TEXT);
  expect(contrastOf(shades[7] as string, light.surfaces.page)).toBeGreaterThanOrEqual(TEXT);
  expect(contrastOf(shades[8] as string, '#ffffff')).toBeGreaterThanOrEqual(TEXT);
  expect(contrastOf(shades[6], '#ffffff')).toBeGreaterThanOrEqual(TEXT);
  expect(contrastOf(shades[6], dark.surfaces.card)).toBeGreaterThanOrEqual(GRAPHIC);
  expect(contrastOf(shades[4], dark.surfaces.card)).toBeGreaterThanOrEqual(TEXT);
});

test('the contrast is that of the WCAG formula', () => {
  expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080');
});

test('the seal takes less than 6 kB', () => {
  const folder = join(import.meta.dirname, '..', '..', 'web', 'ui', 'signature');
  const size = ['signature-seal.tsx', 'signature-seal.module.css', 'signature-base-line.ts']
    .map((name) => readFileSync(join(folder, name)).length)
    .reduce((sum, bytes) => sum + bytes, 0);
  expect(size).toBeLessThan(6 * 1024);
});
