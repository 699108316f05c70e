import { Attribute, Change } from 'ldapts';
import { beforeAll, expect, it } from 'vitest';
import { CLI } from '../../src/operations/actor.ts';
import { syncUpstream } from '../../src/operations/upstreams/sync.ts';
import { base64, personDn, personLdif, SECRETS } from '../directory/ground.ts';
import { PUBLIC_URL } from '../support/app.ts';
import { describeWithSlapd } from '../support/slapd.ts';
import { directoryApp } from './directory-ground.ts';

const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(2000, 7)]);
const PNG = Buffer.concat([Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'), Buffer.alloc(200)]);

describeWithSlapd('somebody whose password is a directory’s', () => {
  let ground: Awaited<ReturnType<typeof directoryApp>>;
  beforeAll(async () => {
    const more = [`thumbnailPhoto:: ${base64(JPEG)}`];
    const people = [{ uid: 'ada', more }, { uid: 'root' }];
    const ldif = people.map(personLdif).join('\n');
    ground = await directoryApp(ldif, { pictureAttribute: 'THUMBNAILphoto' });
  });

  async function stale(uid: string) {
    const visitor = ground.app.visitor();
    await visitor.signIn(uid, `${uid} password`);
    ground.app.clock.advance(16 * 60);
    return visitor;
  }

  it('shows with it that it is they, before they change their ways in', async () => {
    const page = '/account/ways-in';
    const visitor = await stale('ada');
    const confirm = async (password: string) => {
      const { status, text } = await visitor.submit(`${page}/confirm`, { password }, { page });
      return [status, text.includes('The password is wrong')];
    };
    expect((await visitor.get(page)).text).toContain('First, show that it is you');
    expect(await confirm('wrong')).toEqual([403, true]);
    expect(await confirm('')).toEqual([403, true]);
    expect(await confirm('ada password')).toEqual([303, false]);
    expect((await visitor.get(page)).text).not.toContain('First, show that it is you');
  });

  it('confirms with it what matters in the administration', async () => {
    const { app, slapd } = ground;
    await app.visitor().signIn('root', 'root password');
    const root = await app.stores.users.findByLoginName('root');
    await app.stores.users.update({ ...root!.user, role: 'administrator' }, app.clock.now());
    const { id } = await app.person('mallory');
    const visitor = await stale('root');
    const promote = (confirmPassword: string) =>
      visitor.submit(
        `/admin/users/${id}/role`,
        { role: 'auditor', confirmPassword },
        { page: `/admin/users/${id}` },
      );

    const wrong = await promote('wrong');
    expect([wrong.status, wrong.text.includes('That password is not right')]).toEqual([403, true]);
    await slapd.halt();
    const down = await promote('root password');
    expect([down.status, down.text.includes('does not answer')]).toEqual([503, true]);
    await slapd.resume();
    app.clock.advance(11);
    expect((await promote('root password')).status).toBe(303);
    expect((await app.stores.users.findById(id))?.role).toBe('auditor');
  });

  it('is shown in meetings by the picture there, and by another one after a sync', async () => {
    const { app, slapd, upstream } = ground;
    const shown = async () => {
      const ada = await app.stores.users.findByLoginName('ada');
      const url = ada?.user.avatarUrl ?? '';
      const answer = await fetch(app.base + url.slice(PUBLIC_URL.length));
      const bytes = Buffer.from(await answer.arrayBuffer());
      return { url, type: answer.headers.get('Content-Type'), bytes };
    };
    const sync = () =>
      syncUpstream(app.context, {
        upstream,
        secrets: SECRETS,
        trial: false,
        force: false,
        actor: CLI,
      });
    const replace = (values: readonly Buffer[]) =>
      slapd.change((client) =>
        client.modify(
          personDn('ada'),
          new Change({
            operation: 'replace',
            modification: new Attribute({ type: 'thumbnailPhoto', values: [...values] }),
          }),
        ),
      );

    await app.visitor().signIn('ada', 'ada password');
    const first = await shown();
    expect(first).toEqual({ url: first.url, type: 'image/jpeg', bytes: JPEG });
    expect((await sync()).counts.changed).toBeUndefined();
    expect((await shown()).url).toBe(first.url);

    await replace([PNG]);
    app.clock.advance(1);
    expect((await sync()).counts).toMatchObject({ changed: 1 });
    const second = await shown();
    expect(second).toEqual({ url: second.url, type: 'image/png', bytes: PNG });
    expect(second.url).not.toBe(first.url);
    expect((await fetch(app.base + first.url.slice(PUBLIC_URL.length))).status).toBe(404);

    await replace([]);
    await app.visitor().signIn('ada', 'ada password');
    expect((await app.stores.users.findByLoginName('ada'))?.user.avatarUrl).toBeUndefined();
  });
});
