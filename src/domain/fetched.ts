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

/** `public`: nothing of our own network. */
export type PictureReach = 'public' | 'network';

/** `undefined` when it could not be had, whyever. */
export type FetchPicture = (address: URL, reach: PictureReach) => Promise<Uint8Array | undefined>;

export interface OutgoingRequest {
  readonly address: URL;
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

/** What came of a request, with all that the answer says of itself. */
export type SendOutcome =
  | {
      readonly kind: 'answer';
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      /** The body as UTF-8. */
      readonly text: string;
    }
  | { readonly kind: 'failure'; readonly code: FetchFailureCode; readonly message: string };

export type SendOutside = (request: OutgoingRequest) => Promise<SendOutcome>;
