/** What docs/migrate.md says of the bridges, held against what is read of them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { readEnvFile } from '../../src/domain/bridges/env-file.ts';
import { BRIDGE_NAMES, BRIDGES } from '../../src/domain/bridges/index.ts';
import { BRIDGE_CALLBACKS } from '../../src/domain/upstreams/upstream.ts';
import { mistakesOf, SERVER_URL } from '../support/bridge-examples.ts';

const text = readFileSync(new URL('../../docs/migrate.md', import.meta.url), 'utf8');
const compose = /```yaml\n(services:[^]*?)```/.exec(text)?.[1] ?? '';
const settings = /\$ cat settings\n([^$]*)\$/.exec(text)?.[1] ?? '';

describe('docs/migrate.md', () => {
  it.each(BRIDGE_NAMES)('says what becomes of every setting of %s', (name) => {
    const named = BRIDGES[name].settings
      .filter((setting) => !setting.startsWith('logging.'))
      .map((setting) => setting.replace(/^\w+\./, ''));
    expect(named.filter((setting) => !new RegExp(`\\b${setting}\\b`).test(text))).toEqual([]);
  });

  it('has a compose file that keeps the environment of jitsi-openid', () => {
    const { environment } = parse(compose).services['jitsi-openid'];
    const { values } = readEnvFile(environment.join('\n'));
    expect(loadConfig(values).bridge?.name).toBe('jitsi-openid');
  });

  it('has settings of the adapter that are read as they stand', () => {
    const { values, mistakes } = readEnvFile(settings);
    const bridge = BRIDGES['jitsi-oidc-adapter'];
    const reading = bridge.read({ values, serverUrl: SERVER_URL, readFile: () => undefined });
    expect([...mistakes, ...mistakesOf(reading)]).toEqual([]);
    expect(Object.keys(values).filter((key) => !bridge.settings.includes(key))).toEqual([]);
  });

  it('names every callback', () => {
    for (const callback of BRIDGE_CALLBACKS) expect(text).toContain(`\`${callback}\``);
  });
});
