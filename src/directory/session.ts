/**
 * What is said to a directory on one connection.
 *
 * @module
 */
import { type Client, type Entry, type Filter, ResultCodeError } from 'ldapts';
import { STATE_ATTRIBUTES } from '../domain/upstreams/ldap/account-state.ts';
import { isGuid } from '../domain/upstreams/ldap/assertion.ts';
import type { DirectoryAttribute, DirectoryEntry } from '../domain/upstreams/ldap/entry.ts';
import { DirectoryFailure } from '../domain/upstreams/ldap/fault.ts';
import type { LdapUpstream, UpstreamSecrets } from '../domain/upstreams/upstream.ts';
import { failureOf } from './failure.ts';

/** `expired`: the password was right, and must be changed first. */
export type BindOutcome = 'right' | 'wrong' | 'disabled' | 'locked' | 'expired';

export interface Query {
  readonly baseDn: string;
  readonly scope?: 'base' | 'sub' | undefined;
  readonly filter: Filter;
  readonly attributes: readonly string[];
  readonly sizeLimit?: number | undefined;
}

export interface Session {
  readonly url: string;
  /** As the service account, or as nobody when there is none. */
  bindService(): Promise<void>;
  bindAs(dn: string, password: string): Promise<BindOutcome>;
  search(query: Query): Promise<readonly DirectoryEntry[]>;
  /** What other servers have is left out: referrals are not followed. */
  pages(query: Query, pageSize: number): AsyncGenerator<readonly DirectoryEntry[]>;
  close(): void;
}

/** All there is of a person. */
export function personAttributes(
  upstream: Pick<LdapUpstream, 'subjectAttribute' | 'pictureAttribute'>,
): readonly string[] {
  const { subjectAttribute, pictureAttribute } = upstream;
  const named = [...STATE_ATTRIBUTES, 'memberOf', subjectAttribute, pictureAttribute];
  return ['*', ...named.filter((name) => name !== undefined)];
}

type Reads = Pick<LdapUpstream, 'bindDn' | 'subjectAttribute' | 'pictureAttribute'>;

export function sessionOn(
  client: Client,
  url: string,
  { upstream, secrets }: { readonly upstream: Reads; readonly secrets: UpstreamSecrets },
): Session {
  const optionsOf = ({ scope = 'sub', filter, attributes, sizeLimit }: Query) => ({
    scope,
    filter,
    attributes: [...attributes],
    explicitBufferAttributes: bytesOf(upstream),
    ...(sizeLimit === undefined ? {} : { sizeLimit }),
  });

  return {
    url,

    async bindService() {
      const { bindDn = '' } = upstream;
      const { secret = '' } = secrets;
      // A name without a password is bound as nobody, and looks like a success (RFC 4513, 5.1.2).
      if (bindDn !== '' && secret === '')
        throw new DirectoryFailure('bind_refused', 'no password is set', url);
      await client.bind(bindDn, bindDn === '' ? '' : secret).catch((error: unknown) => {
        const { code, message } = failureOf(error);
        const isRefusal = error instanceof ResultCodeError && [32, 34, 53].includes(error.code);
        throw new DirectoryFailure(isRefusal ? 'bind_refused' : code, message, url);
      });
    },

    async bindAs(dn, password) {
      if (dn === '' || password === '') return 'wrong';
      try {
        await client.bind(dn, password);
        return 'right';
      } catch (error) {
        const outcome = error instanceof ResultCodeError ? refusalOf(error) : undefined;
        if (outcome) return outcome;
        throw failureOf(error, url);
      }
    },

    async search(query) {
      try {
        const { searchEntries } = await client.search(query.baseDn, optionsOf(query));
        return searchEntries.map(toEntry);
      } catch (error) {
        throw failureOf(error, url);
      }
    },

    async *pages(query, pageSize) {
      const options = { ...optionsOf(query), paged: { pageSize } };
      const pages = client.searchPaginated(query.baseDn, options);
      for (;;) {
        const page = await pages.next().catch((error: unknown) => {
          throw failureOf(error, url);
        });
        if (page.done) return;
        yield page.value.searchEntries.map(toEntry);
      }
    },

    close() {
      client.unbind().catch(() => {});
    },
  };
}

/** Names as directories write them: the library compares them letter by letter. */
function bytesOf({ subjectAttribute, pictureAttribute }: Reads): string[] {
  const picture = pictureAttribute === undefined ? [] : [pictureAttribute];
  const subject = isGuid(subjectAttribute) ? [subjectAttribute] : [];
  return ['objectGUID', 'jpegPhoto', 'thumbnailPhoto', ...picture, ...subject];
}

/** Why Active Directory refuses a bind, in its `data` (MS-ADTS, section 3.1.1.3.1.3.4). */
const BY_DATA: Readonly<Record<string, BindOutcome>> = {
  530: 'disabled',
  531: 'disabled',
  532: 'expired',
  533: 'disabled',
  701: 'disabled',
  773: 'expired',
  775: 'locked',
};

/** `undefined`: it says nothing of the person. */
function refusalOf({ code, message }: ResultCodeError): BindOutcome | undefined {
  if (code === 49) return BY_DATA[/, data ([\da-f]+)/i.exec(message)?.[1] ?? ''] ?? 'wrong';
  // 389 Directory Server: inactivated; too many attempts.
  if (code === 53) return 'disabled';
  if (code === 19) return 'locked';
  // No such entry, a name that is none, no password, no right to try one.
  return [32, 34, 48, 50].includes(code) ? 'wrong' : undefined;
}

function toEntry({ dn, ...attributes }: Entry): DirectoryEntry {
  const all = Object.entries(attributes).map(([name, value]): DirectoryAttribute => {
    const values: readonly (string | Buffer)[] = Array.isArray(value) ? value : [value];
    return { name, values };
  });
  const present = all.filter(({ values }) => values.length > 0);
  return { dn, attributes: new Map(present.map((one) => [one.name.toLowerCase(), one])) };
}
