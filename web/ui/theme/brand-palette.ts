import type { MantineColorsTuple } from '@mantine/core';
import { brighten, contrastOf, mix } from './contrast.ts';
import { PALETTES } from './tokens.ts';

const [WHITE, BLACK] = ['#ffffff', '#000000'];

/** The contrast that text needs (WCAG 2.2 §1.4.3), with a margin for rounding. */
const READABLE = 4.6;

/**
 * Ten shades of one colour. The seventh carries white text in the light scheme and is readable on its page, the sixth
 * carries white text in the dark one, and the fourth is readable on dark cards: a colour that is too light or too dark
 * is adjusted as far as necessary.
 */
export function brandPalette(color: string): MantineColorsTuple {
  const { light, dark } = PALETTES;
  const filled = firstOf(color, BLACK, (shade) => contrastOf(shade, light.surfaces.page) >= READABLE);
  // As light as white text allows, so that it stands out from dark cards.
  const filledInDark = lastOf(filled, brighten(filled), (shade) => contrastOf(shade, WHITE) >= READABLE);
  const isLink = (shade: string) => contrastOf(shade, dark.surfaces.card) >= 7;
  const link = firstOf(firstOf(color, brighten(color), isLink), WHITE, isLink);
  return [
    mix(filled, WHITE, 0.95),
    mix(filled, WHITE, 0.88),
    mix(filled, WHITE, 0.76),
    mix(filled, WHITE, 0.6),
    link,
    mix(filledInDark, WHITE, 0.2),
    filledInDark,
    filled,
    mix(filled, BLACK, 0.2),
    mix(filled, BLACK, 0.4),
  ];
}

/** The colour itself, or the first on its way to another that meets a condition. */
function firstOf(from: string, to: string, meets: (shade: string) => boolean): string {
  for (let share = 0; share < 1; share += 0.02) {
    const shade = mix(from, to, share);
    if (meets(shade)) return shade;
  }
  return to;
}

/** The last colour on the way to another that still meets a condition. */
function lastOf(from: string, to: string, meets: (shade: string) => boolean): string {
  let last = from;
  for (let share = 0; share < 1; share += 0.02) {
    const shade = mix(from, to, share);
    if (!meets(shade)) return last;
    last = shade;
  }
  return last;
}
