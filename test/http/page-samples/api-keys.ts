import { PERMISSIONS } from '../../../src/domain/permissions.ts';
import type { ApiKeyPages } from '../../../src/http/page-contexts/api-keys.ts';
import { NOW } from '../../factories.ts';
import { listSample } from './admin.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function apiKeySamples(text: string): SamplesOf<ApiKeyPages> {
  const list = listSample(text);
  const machine = { curl: text, yaml: undefined };
  const key = {
    id: '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f11',
    name: text,
    scopes: PERMISSIONS,
    maker: text,
    makerDisabled: false,
    state: 'active',
    createdAt: NOW,
    expiresAt: NOW,
    lastUsedAt: NOW,
  } as const;
  const scopes = PERMISSIONS.map((scope) => ({ scope, chosen: scope === 'tokens:mint' }));
  const id = '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f12';
  return {
    'admin-api-keys': [
      {
        list,
        sort: 'name',
        keys: [
          key,
          { ...key, id, makerDisabled: true, expiresAt: undefined, lastUsedAt: undefined },
          { ...key, state: 'expired' },
          { ...key, state: 'revoked' },
        ],
        now: NOW,
        mayWrite: true,
        machine,
      },
      { list, sort: 'created', keys: [key], now: NOW, mayWrite: false, machine },
      { list, sort: 'created', keys: [], now: NOW, mayWrite: true, machine },
    ],
    'admin-api-key-new': [
      { name: text, scopes, days: '90', faults: {} },
      { name: text, scopes, days: text, faults: { name: 'missing', scopes: 'missing' } },
      { name: text, scopes, days: 'never', faults: { name: 'too_long' } },
    ],
    'admin-api-key-made': [
      { name: text, token: 'rk_sample', expiresAt: NOW, curl: text },
      { name: text, token: 'rk_sample', expiresAt: undefined, curl: text },
    ],
  };
}
