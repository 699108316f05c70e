import { compareFields } from '../../domain/config-file/change.ts';
import { readSignIn, SIGN_IN_SETTING } from '../../domain/sign-in-setting.ts';
import { changedValues, type PlanContext, type Step, writeDown } from './plan.ts';

/** Who may sign in with a password of ours becomes what the file says. */
export async function planSignIn(context: PlanContext): Promise<Step[]> {
  const { tx, file, now } = context;
  const { signIn } = file;
  if (!signIn) return [];
  const stored = await tx.settings.find(SIGN_IN_SETTING);
  const fields = compareFields(readSignIn(stored), signIn);
  if (fields.length === 0) return [];

  const change = { kind: 'changed', what: 'sign-in', name: 'with a password', fields } as const;
  return [
    {
      change,
      async write() {
        await tx.settings.set(SIGN_IN_SETTING, signIn, now);
        const details = changedValues(change);
        await writeDown(context, 'settings.updated', { targetName: SIGN_IN_SETTING, details });
      },
    },
  ];
}
