import type { Sql } from './rows.ts';

/** What a person let a client know of them. */
export interface Consent {
  readonly userId: string;
  readonly issuerId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly givenAt: Date;
}

export type ConsentPlace = Pick<Consent, 'userId' | 'issuerId' | 'clientId'>;

export interface OidcConsentStore {
  find(place: ConsentPlace): Promise<Consent | undefined>;
  /** Of one person, the latest first. */
  listOfUser(userId: string): Promise<Consent[]>;
  /** In place of what was given before. */
  give(consent: Consent): Promise<void>;
  /** True when there was one. */
  withdraw(place: ConsentPlace): Promise<boolean>;
}

interface ConsentRow {
  user_id: string;
  issuer_id: string;
  client_id: string;
  scopes: string[];
  given_at: Date;
}

export function createOidcConsentStore(sql: Sql): OidcConsentStore {
  const consents = () => sql<ConsentRow>('oidc_consents');
  const toWhere = ({ userId, issuerId, clientId }: ConsentPlace) => ({
    user_id: userId,
    issuer_id: issuerId,
    client_id: clientId,
  });
  return {
    async find(place) {
      const row = await consents().where(toWhere(place)).first();
      return row && fromRow(row);
    },
    async listOfUser(userId) {
      const rows = await consents().where({ user_id: userId }).orderBy('given_at', 'desc');
      return rows.map(fromRow);
    },
    async give(consent) {
      const given = { scopes: [...consent.scopes], given_at: consent.givenAt };
      await consents()
        .insert({ ...toWhere(consent), ...given })
        .onConflict(['user_id', 'issuer_id', 'client_id'])
        .merge(given);
    },
    async withdraw(place) {
      return (await consents().where(toWhere(place)).del()) === 1;
    },
  };
}

function fromRow(row: ConsentRow): Consent {
  return {
    userId: row.user_id,
    issuerId: row.issuer_id,
    clientId: row.client_id,
    scopes: row.scopes,
    givenAt: row.given_at,
  };
}
