import type { IntegrationGuide } from '../../domain/integration/guide-file.ts';

/** Which issuer a page is about. */
export interface IssuerHead {
  readonly slug: string;
  readonly name: string;
}

export interface IssuerPages {
  integration: {
    readonly issuer: IssuerHead;
    /** Host of the Jitsi server, once it is known. */
    readonly host: string | undefined;
    readonly guide: IntegrationGuide;
    /** Ends the address of a download: `?platform=…`. */
    readonly query: string;
    /** Our origin, as the lines name it. */
    readonly publicUrl: string;
    readonly reach: 'anywhere' | 'this_machine';
    /** `setup`: the first look, right after the administrator was made. */
    readonly occasion: 'setup' | 'visit';
  };
}
