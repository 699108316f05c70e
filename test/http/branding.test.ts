import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brandingSchema } from '../../src/domain/branding.ts';
import { brandStylesheet, contrast, parseColor, textOn } from '../../src/http/brand-colors.ts';
import { logoOrigin } from '../../src/http/branding.ts';

const anyColor = integer({ min: 0, max: 0xff_ff_ff }).map(
  (value) => `#${value.toString(16).padStart(6, '0')}`,
);

describe('contrast', () => {
  it('is what WCAG says', () => {
    expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
    expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2);
  });
});

describe('brandStylesheet', () => {
  it('is readable whatever the colour', () => {
    assert(
      property(anyColor, (color) => {
        const brand = parseColor(color);
        expect(contrast(textOn(brand), brand)).toBeGreaterThanOrEqual(4.5);
        const sheet = brandStylesheet(color);
        const [light = '', dark = ''] = [...sheet.matchAll(/--accent:(#[0-9a-f]{6})/g)].map(
          ([, accent = '']) => accent,
        );
        expect(contrast(parseColor(light), [255, 255, 255])).toBeGreaterThanOrEqual(4.5);
        expect(contrast(parseColor(dark), parseColor('#181c24'))).toBeGreaterThanOrEqual(4.5);
        expect(sheet).toContain(`--on-brand:${sheetColor(textOn(brand))}`);
      }),
    );
  });

  it.each(['red', '#fff', '#12345', '#ffffff;}', 'url(x)'])('refuses %s', (color) => {
    expect(() => brandStylesheet(color)).toThrow(TypeError);
  });
});

describe('branding', () => {
  const brand = { name: 'House', color: '#123456' };

  it.each(['https://cdn.example.org/logo.png', '/logo.png'])('takes the logo %s', (logoUrl) => {
    expect(brandingSchema.safeParse({ ...brand, logoUrl }).success).toBe(true);
  });

  it.each([
    'http://a.example/x.png',
    'javascript:alert(1)',
    '//a.example',
    'data:image/png,x',
    'x',
  ])('refuses the logo %s', (logoUrl) => {
    expect(brandingSchema.safeParse({ ...brand, logoUrl }).success).toBe(false);
  });

  it('names the origin of a logo from elsewhere', () => {
    const logoUrl = 'https://cdn.example.org/a/logo.png';
    expect(logoOrigin({ ...brand, logoUrl })).toBe('https://cdn.example.org');
    expect(logoOrigin({ ...brand, logoUrl: '/logo.png' })).toBeUndefined();
  });
});

function sheetColor(rgb: readonly number[]): string {
  return `#${rgb.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
