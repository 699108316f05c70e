/** What came of asking an address, as somebody outside would. */
export type FetchOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** The body as UTF-8. */
      readonly text: string;
      readonly cacheControl: string | undefined;
    }
  | { readonly kind: 'failure'; readonly code: FetchFailureCode; readonly message: string };

export type FetchFailureCode =
  | 'address_refused'
  | 'redirected'
  | 'too_large'
  | 'too_slow'
  | 'unreachable';

/** What goes wrong on the way is an outcome, too. */
export type FetchOutside = (address: URL) => Promise<FetchOutcome>;
