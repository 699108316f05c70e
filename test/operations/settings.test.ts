import { describe, expect, it } from 'vitest';
import { CLI } from '../../src/operations/actor.ts';
import { changeSettings, previewBranding, readSettings } from '../../src/operations/settings.ts';
import { anOidcUpstream, frozenClock, NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const { stores } = await testStores();
const ground = { fixedPublicUrl: undefined, publicUrl: () => new URL('http://localhost:3000') };
const deps = { stores, clock: frozenClock, ...ground };
const fixed = { ...deps, fixedPublicUrl: new URL('https://fixed.example') };
const events = () => stores.auditEvents.list({ type: 'settings.updated', limit: 50 });

/** The tests of this file tell one story. */
describe('settings', () => {
  it('are what nobody set, with their source', async () => {
    expect(readSettings(ground, await stores.settings.all())).toEqual({
      publicUrl: { value: 'http://localhost:3000', source: 'default' },
      branding: { name: 'Roomkey', color: '#1f5fbf', source: 'default' },
      signIn: { local: 'everyone', source: 'default' },
    });
    expect(readSettings(fixed, new Map()).publicUrl).toEqual({
      value: 'https://fixed.example',
      source: 'environment',
    });
  });

  it('take a public URL as people type it, and write down the change', async () => {
    const version = BigInt(await stores.catalogVersion.current());
    const settings = await changeSettings(deps, { publicUrl: ' auth.example.org ', actor: CLI });
    expect(settings.publicUrl).toEqual({ value: 'https://auth.example.org', source: 'stored' });
    expect(BigInt(await stores.catalogVersion.current())).toBeGreaterThan(version);
    const [event] = await events();
    expect(event).toMatchObject({
      actorName: 'cli',
      targetName: 'public_url',
      details: {
        before: { publicUrl: 'http://localhost:3000' },
        after: { publicUrl: 'https://auth.example.org' },
      },
    });
  });

  it.each(['', 'ftp://x', 'https://a.example/path', 'https://u:p@a.example', 'https://a?b', 'x y'])(
    'take no %j for a public URL',
    async (publicUrl) => {
      await expect(changeSettings(deps, { publicUrl, actor: CLI })).rejects.toMatchObject({
        code: 'input_invalid',
        details: { issues: [{ path: 'publicUrl' }] },
      });
    },
  );

  it('leave to the environment what it says', async () => {
    const other = changeSettings(fixed, { publicUrl: 'https://other.example', actor: CLI });
    await expect(other).rejects.toMatchObject({ code: 'setting_fixed' });
    await changeSettings(fixed, { publicUrl: 'https://fixed.example', actor: CLI });
    expect(await stores.settings.find('public_url')).toBe('https://auth.example.org');
  });

  it('change the look by what is named, and nothing twice', async () => {
    const count = (await events()).length;
    const logoUrl = 'https://cdn.example.org/a.png';
    await changeSettings(deps, { branding: { name: 'Acme', logoUrl }, actor: CLI });
    await changeSettings(deps, { branding: { name: 'Acme', logoUrl }, actor: CLI });
    expect(await stores.settings.find('branding')).toEqual({
      name: 'Acme',
      color: '#1f5fbf',
      logoUrl,
    });
    const cleared = await changeSettings(deps, { branding: { logoUrl: null }, actor: CLI });
    expect(cleared.branding).toEqual({ name: 'Acme', color: '#1f5fbf', source: 'stored' });
    expect((await events()).length).toBe(count + 2);
  });

  it('tell each wrong part of a look, and write none of it', async () => {
    const branding = { name: '', color: 'red', logoUrl: 'javascript:alert(1)' };
    const wrong = changeSettings(deps, { branding, actor: CLI });
    await expect(wrong).rejects.toMatchObject({
      details: {
        issues: [
          { path: 'branding.name' },
          { path: 'branding.logoUrl' },
          { path: 'branding.color' },
        ],
      },
    });
    const stale = { branding: { name: 'x' }, expected: () => false, actor: CLI };
    await expect(changeSettings(deps, stale)).rejects.toMatchObject({ code: 'changed_meanwhile' });
    expect(await stores.settings.find('branding')).toMatchObject({ name: 'Acme' });
  });

  it('leave passwords of ours to administrators only when others have a directory', async () => {
    const administrators = { signIn: { local: 'administrators' }, actor: CLI } as const;
    const expectRefusal = () =>
      expect(changeSettings(deps, administrators)).rejects.toMatchObject({
        code: 'input_invalid',
        details: {
          issues: [{ path: 'signIn.local', message: expect.stringMatching(/^needs a directory/) }],
        },
      });
    await expectRefusal();
    const upstream = anOidcUpstream({ disabled: true });
    const secrets = { secret: 'x', privateKey: undefined };
    await stores.upstreams.add(upstream, secrets, NOW);
    await expectRefusal();
    expect(await stores.settings.find('sign_in')).toBeUndefined();

    await stores.upstreams.update({ ...upstream, disabled: false }, secrets, NOW);
    const version = BigInt(await stores.catalogVersion.current());
    const { signIn } = await changeSettings(deps, administrators);
    expect(signIn).toEqual({ local: 'administrators', source: 'stored' });
    expect(BigInt(await stores.catalogVersion.current())).toBeGreaterThan(version);
    expect((await events())[0]).toMatchObject({
      targetName: 'sign_in',
      details: { before: { local: 'everyone' }, after: { local: 'administrators' } },
    });

    await stores.upstreams.remove(upstream.id);
    const count = (await events()).length;
    await changeSettings(deps, administrators);
    await changeSettings(deps, { branding: {}, actor: CLI });
    expect((await events()).length).toBe(count);
    const back = await changeSettings(deps, { signIn: { local: 'everyone' }, actor: CLI });
    expect(back.signIn.local).toBe('everyone');
  });

  it('show what a form holds before it is saved, whatever is wrong with it', () => {
    const before = { name: 'Acme', color: '#112233' };
    expect(previewBranding(before, { color: '#445566' }).branding.color).toBe('#445566');
    const { branding, issues } = previewBranding(before, { name: 'New', color: 'red' });
    expect(branding).toEqual({ name: 'New', color: '#1f5fbf' });
    expect(issues.map(({ path }) => path)).toEqual(['branding.color']);
  });
});
