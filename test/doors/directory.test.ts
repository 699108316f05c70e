import { beforeAll, expect, it } from 'vitest';
import { personLdif } from '../directory/ground.ts';
import { describeWithSlapd } from '../support/slapd.ts';
import { directoryApp } from './directory-ground.ts';

describeWithSlapd('somebody whose password is a directory’s', () => {
  let ground: Awaited<ReturnType<typeof directoryApp>>;
  beforeAll(async () => {
    ground = await directoryApp(['ada', 'root'].map((uid) => personLdif({ uid })).join('\n'));
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
});
