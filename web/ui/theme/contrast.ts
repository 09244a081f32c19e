import { hexOf } from '../../../shared/hex.ts';

type Channels = readonly [red: number, green: number, blue: number];

/** The channels of `#rrggbb`, 0 to 255. */
function channelsOf(color: string): Channels {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** A mixture of two colours in sRGB, each `#rrggbb`. @param share of the second, 0 to 1 */
export function mix(one: string, other: string, share: number): string {
  const others = channelsOf(other);
  const mixed = channelsOf(one).map((value, at) => Math.round(value + ((others[at] ?? 0) - value) * share));
  return `#${hexOf(Uint8Array.from(mixed))}`;
}

/** The brightest colour of the same hue and saturation; white for black. */
export function brighten(color: string): string {
  const channels = channelsOf(color);
  const most = Math.max(...channels);
  const scaled = channels.map((value) => (most === 0 ? 255 : Math.round((value / most) * 255)));
  return `#${hexOf(Uint8Array.from(scaled))}`;
}

/** The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastOf(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminanceOf(one), luminanceOf(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminanceOf(color: string): number {
  const [red, green, blue] = channelsOf(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
