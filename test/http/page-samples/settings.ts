import { judgeColor } from '../../../src/http/brand-colors.ts';
import type { SettingsPages } from '../../../src/http/page-contexts/settings.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function settingsSamples(text: string): SamplesOf<SettingsPages> {
  const page: SettingsPages['settings'] = {
    mayWrite: true,
    etag: '"x"',
    publicUrl: {
      value: 'https://auth.example.org',
      source: 'stored',
      typed: text,
      isWrong: false,
      problem: undefined,
    },
    branding: {
      source: 'stored',
      values: { name: text, color: text, logoUrl: text },
      faults: { name: true, color: true, logoUrl: true },
    },
    signIn: { local: 'administrators', source: 'stored', fault: text },
    preview: {
      branding: { name: text, color: '#ffee00', logoUrl: text },
      stylesheet: '/admin/settings/preview.css?color=%23ffee00',
      judged: judgeColor('#ffee00'),
    },
    machine: { curl: text, yaml: text },
  };
  const dark = { name: text, color: '#000033' };
  return {
    settings: [
      page,
      {
        ...page,
        mayWrite: false,
        publicUrl: { ...page.publicUrl, source: 'environment' },
        branding: { ...page.branding, source: 'default', faults: {} },
        signIn: { local: 'everyone', source: 'default', fault: undefined },
        preview: { ...page.preview, branding: dark, judged: judgeColor(dark.color) },
      },
      {
        ...page,
        publicUrl: {
          ...page.publicUrl,
          source: 'default',
          isWrong: true,
          problem: { origin: 'https://new.example', reason: text },
        },
      },
    ],
    'settings-moved': [{ origin: 'https://new.example' }],
  };
}
