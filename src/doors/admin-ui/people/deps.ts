import type { Clock, Random } from '../../../domain/clock.ts';
import type { Forms } from '../../../http/form.ts';
import type { Pages } from '../../../http/pages.ts';
import type { IssuerCatalog } from '../../../operations/issuer-catalog.ts';
import type { SendLink } from '../../../operations/people/link-mail.ts';
import type { Stores } from '../../../stores/index.ts';

/** What the pages about people need. */
export interface PeopleDeps {
  readonly stores: Pick<
    Stores,
    | 'auditEvents'
    | 'bin'
    | 'groups'
    | 'identities'
    | 'imports'
    | 'issuers'
    | 'passwordLinks'
    | 'sessions'
    | 'transaction'
    | 'upstreams'
    | 'users'
  >;
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly forms: Forms;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
  readonly sendLink: SendLink;
}
