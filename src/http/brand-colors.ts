/**
 * One colour of a house, made readable on our pages.
 *
 * Contrast is WCAG 2.2's (section 1.4.3): at least 4.5:1 for text.
 *
 * @module
 */

type Rgb = readonly [number, number, number];

const LIGHT_SURFACE: Rgb = [255, 255, 255];
const DARK_SURFACE: Rgb = [24, 28, 36];
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** Above the 4.5 asked for, because tinted backgrounds take a little away. */
const ENOUGH = 5;

/** `color` is `#rrggbb`. Custom properties for both colour schemes; only computed values get in. */
export function brandStylesheet(color: string): string {
  const brand = parseColor(color);
  const light = readableOn(brand, LIGHT_SURFACE, BLACK);
  const dark = readableOn(brand, DARK_SURFACE, WHITE);
  const properties = (accent: Rgb) =>
    `--brand:${toHex(brand)};--on-brand:${toHex(textOn(brand))};--accent:${toHex(accent)}`;
  return `:root{${properties(light)}}@media(prefers-color-scheme:dark){:root{${properties(dark)}}}\n`;
}

/** How a colour does on our pages. */
export interface ColorJudgement {
  /** Contrast of text in that very colour; below 4.5 it cannot be read well. */
  readonly ratio: number;
  /** What links and marks have in its place; the same colour where that can be read. */
  readonly accent: string;
}

/** @throws {TypeError} for anything but `#rrggbb`. */
export function judgeColor(color: string): Record<'light' | 'dark', ColorJudgement> {
  const brand = parseColor(color);
  const judge = (surface: Rgb, towards: Rgb) => ({
    ratio: contrast(brand, surface),
    accent: toHex(readableOn(brand, surface, towards)),
  });
  return { light: judge(LIGHT_SURFACE, BLACK), dark: judge(DARK_SURFACE, WHITE) };
}

/** The same properties for the two small pages of a preview, whatever scheme the reader has. */
export function previewStylesheet(color: string): string {
  const brand = parseColor(color);
  const { light, dark } = judgeColor(color);
  const rule = (scheme: string, { accent }: ColorJudgement) =>
    `.scheme-${scheme}{--brand:${toHex(brand)};--on-brand:${toHex(textOn(brand))};--accent:${accent}}`;
  return `${rule('light', light)}${rule('dark', dark)}\n`;
}

/** Black or white, whichever reads better; one of them always reaches 4.5:1. */
export function textOn(background: Rgb): Rgb {
  return contrast(WHITE, background) >= contrast(BLACK, background) ? WHITE : BLACK;
}

/** Moves a colour towards `towards` until text in it can be read on `surface`. */
export function readableOn(color: Rgb, surface: Rgb, towards: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = mix(color, towards, share);
    if (contrast(mixed, surface) >= ENOUGH) return mixed;
  }
  return towards;
}

export function contrast(one: Rgb, other: Rgb): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** @throws {TypeError} for anything but `#rrggbb`. */
export function parseColor(color: string): Rgb {
  if (!/^#[0-9a-f]{6}$/i.test(color)) throw new TypeError('a colour is written #rrggbb');
  const byte = (at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  return [byte(1), byte(3), byte(5)];
}

function toHex(color: Rgb): string {
  return `#${color.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function mix([r, g, b]: Rgb, [x, y, z]: Rgb, share: number): Rgb {
  const between = (from: number, to: number) => Math.round(from + (to - from) * share);
  return [between(r, x), between(g, y), between(b, z)];
}

/** Relative luminance (WCAG 2.2, definitions). */
function luminance([r, g, b]: Rgb): number {
  const linear = (byte: number) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}
