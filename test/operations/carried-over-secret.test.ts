import { beforeAll, describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../src/config/config-file.ts';
import { CLI } from '../../src/operations/actor.ts';
import { applyConfig } from '../../src/operations/apply-config.ts';
import { exportConfig } from '../../src/operations/export-config.ts';
import { saveIssuer } from '../../src/operations/save-issuer.ts';
import { testWorld } from '../support/world.ts';

const publicUrl = new URL('https://auth.example.org');
let world: Awaited<ReturnType<typeof testWorld>>;
beforeAll(async () => {
  world = await testWorld();
});

async function apply(...lines: readonly string[]) {
  const text = ['issuers:', '  - slug: main', "    useRule: '1'", ...lines.map((l) => `    ${l}`)];
  const { file, mistakes } = parseConfigFile(text.join('\n'), '/');
  const passwords = { hash: async () => '' };
  const input = { file, mistakes, mode: 'write', prune: false, publicUrl, actor: CLI } as const;
  const { changes } = await applyConfig({ ...world, passwords }, input);
  return { changes, mistakes: mistakes.map(({ message }) => message) };
}

const main = async () => world.stores.issuers.findBySlug('main');
const exported = async () => (await exportConfig(world.stores)).issuers[0];
const SHORT = 'secret: myappsecret';

/** One story: a bridge's secret comes, stays, and is replaced. */
describe('a secret shorter than its hash', () => {
  it('is refused where nothing says that it was carried over', async () => {
    const { mistakes } = await apply('algorithm: HS256', SHORT);
    expect(mistakes).toEqual(['is too short for HS256: 11 bytes, at least 32 are needed']);
    expect(await main()).toBeUndefined();
    const wrong = await apply('algorithm: HS256', SHORT, 'carriedOverSecret: false');
    expect(wrong.mistakes).toHaveLength(1);
  });

  it('may not be empty', async () => {
    const { mistakes } = await apply('algorithm: HS256', 'secret: ""', 'carriedOverSecret: true');
    expect(mistakes).toEqual(['is too short for HS256: 0 bytes, at least 32 are needed']);
  });

  it('is taken when it was, and flagged', async () => {
    const { mistakes } = await apply('algorithm: HS256', SHORT, 'carriedOverSecret: true');
    expect(mistakes).toEqual([]);
    expect((await main())?.weakSecret).toBe(true);
    expect((await exported())?.carriedOverSecret).toBe(true);
  });

  it('stays flagged whatever else changes, with the secret in the file and without', async () => {
    for (const lines of [['appId: meet'], ['appId: jitsi', SHORT]]) {
      await apply('algorithm: HS256', 'carriedOverSecret: true', ...lines);
      expect((await main())?.weakSecret).toBe(true);
    }
    expect((await apply('algorithm: HS256', 'carriedOverSecret: true')).changes).toEqual([]);
  });

  it('makes way for no other short one by hand', async () => {
    const change = { slug: 'main', how: 'change', mode: 'write', publicUrl, actor: CLI } as const;
    const another = saveIssuer(world, { ...change, fields: { secret: 'another' } });
    await expect(another).rejects.toMatchObject({ code: 'input_invalid' });
    expect((await main())?.weakSecret).toBe(true);
  });

  it('is flagged no more once a long one took its place, and then is refused again', async () => {
    const long = `secret: ${'x'.repeat(32)}`;
    await apply('algorithm: HS256', long, 'carriedOverSecret: true');
    expect((await main())?.weakSecret).toBe(false);
    expect(await exported()).not.toHaveProperty('carriedOverSecret');
    expect((await apply('algorithm: HS256', SHORT)).mistakes).toHaveLength(1);
  });
});
