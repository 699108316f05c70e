import { loginKey } from '../../domain/user.ts';
import type { Stores } from '../../stores/index.ts';
import { beginLoginAttempt, type LoginAttemptDeps } from '../login-attempt.ts';
import {
  type TriedUpstream,
  tryUpstream,
  type TryUpstreamDeps,
  type TryUpstreamInput,
} from './try-upstream.ts';

export type TryCountedDeps = TryUpstreamDeps &
  LoginAttemptDeps & { readonly stores: Pick<Stores, 'users'> };

export interface TryCountedInput extends TryUpstreamInput {
  readonly ip: string | undefined;
  readonly requestId: string | undefined;
}

/**
 * A test from afar. A password that is tried in it counts as one at the sign-in page does: whoever may
 * test a directory is not to guess the passwords of those who may do more.
 *
 * @throws {DomainError} `login_limited`; what `tryUpstream` throws.
 */
export async function tryCounted(
  deps: TryCountedDeps,
  { ip, requestId, ...input }: TryCountedInput,
): Promise<TriedUpstream> {
  const { login = '', password = '' } = input.person;
  if (login === '' || password === '') return tryUpstream(deps, input);
  const userId = (await deps.stores.users.findByLoginName(login))?.user.id;
  const nameKey = loginKey(login);
  const attempt = await beginLoginAttempt(deps, {
    userId,
    nameKey,
    ip,
    deviceToken: undefined,
    requestId,
  });
  const tried = await tryUpstream(deps, input);
  const step = tried.steps.find((one) => one.step === 'password');
  if (!step) await attempt.abandon();
  else if (step.fault === undefined) await attempt.succeed();
  return tried;
}
