import { BRANDING_SETTING, type Branding, readBranding } from '../domain/branding.ts';
import { fromIssuer } from '../domain/config-file/issuer-entry.ts';
import type { GroupEntry, IssuerEntry, UserEntry } from '../domain/config-file/schema.ts';
import { fromUser } from '../domain/config-file/user-entry.ts';
import { fromUpstream } from '../domain/config-file/upstream-entry.ts';
import type { UpstreamEntry } from '../domain/config-file/upstream-schema.ts';
import { readSignIn, SIGN_IN_SETTING, type SignInSetting } from '../domain/sign-in-setting.ts';
import type { User } from '../domain/user.ts';
import type { StoresInTransaction } from '../stores/index.ts';

/** What a configuration file would say; no secret and no hash is in it. */
export interface ExportedConfig {
  /** When one was ever set. */
  readonly branding?: Branding;
  /** When it was ever set. */
  readonly signIn?: SignInSetting;
  readonly groups: readonly GroupEntry[];
  readonly users: readonly UserEntry[];
  readonly issuers: readonly IssuerEntry[];
  /** When there are any. */
  readonly upstreams?: readonly UpstreamEntry[];
}

const PAGE = 1000;

type ExportStores = Pick<
  StoresInTransaction,
  'groups' | 'users' | 'issuers' | 'settings' | 'upstreams'
>;

/** Applied again, it changes nothing. People of a directory are left to their directory. */
export async function exportConfig(stores: ExportStores): Promise<ExportedConfig> {
  const groups = await stores.groups.list();
  const users = await listLocalUsers(stores);
  const issuers = await stores.issuers.list();
  const upstreams = await stores.upstreams.list();
  const branding = await stores.settings.find(BRANDING_SETTING);
  const signIn = await stores.settings.find(SIGN_IN_SETTING);
  return {
    ...(branding === undefined ? {} : { branding: readBranding(branding) }),
    ...(signIn === undefined ? {} : { signIn: readSignIn(signIn) }),
    groups: groups.map(({ name }) => ({ name })),
    users: users.map(fromUser),
    issuers: issuers.map(fromIssuer),
    ...(upstreams.length === 0 ? {} : { upstreams: upstreams.map(fromUpstream) }),
  };
}

async function listLocalUsers({ users }: Pick<ExportStores, 'users'>): Promise<User[]> {
  const all: User[] = [];
  let after: string | undefined;
  for (;;) {
    const page = await users.list({ after, limit: PAGE });
    all.push(...page.filter(({ source }) => source === 'local'));
    if (page.length < PAGE) return all;
    after = page.at(-1)?.username;
  }
}
