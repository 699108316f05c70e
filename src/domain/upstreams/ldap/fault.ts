/**
 * What can be wrong with a directory, told without a secret.
 *
 * @module
 */

/** Each with its usual cause. */
export const DIRECTORY_FAULTS = {
  unreachable: 'The host name or the port is wrong, or a firewall is in between.',
  address_refused:
    'Roomkey never asks link-local and metadata addresses, and this machine itself only with ALLOW_LOOPBACK=1.',
  timeout: 'A firewall swallows what is sent, or the directory is busy.',
  tls_failed:
    'The authority that signed the directory’s certificate is not among those trusted here, or the certificate names another host.',
  starttls_refused: 'The directory has no certificate, or wants ldaps:// instead of StartTLS.',
  bind_refused: 'The name of the service account or its password is wrong.',
  encryption_required: 'The directory wants ldaps:// or StartTLS.',
  base_dn_missing: 'The base is misspelt, or the service account may not see it.',
  filter_wrong: 'A parenthesis is missing in the filter, or a name in it is no attribute.',
  search_refused: 'The service account may not search there.',
  too_many: 'The directory gives fewer entries than there are: ask for smaller pages.',
  referral: 'This server does not have what is below the base, and names another. Name that one.',
  subject_missing:
    'Entries have no such attribute, more than one value of it, or the service account may not read it.',
  unavailable: 'The directory says that it is busy or shutting down.',
  unexpected: 'The directory answered with something nobody foresaw.',
} as const;
export type DirectoryFaultCode = keyof typeof DIRECTORY_FAULTS;

export function isDirectoryFault(code: string | undefined): code is DirectoryFaultCode {
  return code !== undefined && Object.hasOwn(DIRECTORY_FAULTS, code);
}

/** Failures that another server of the same directory may not have. */
const OF_ONE_SERVER: readonly DirectoryFaultCode[] = [
  'unreachable',
  'timeout',
  'tls_failed',
  'starttls_refused',
  'unavailable',
];

/** The directory could not be asked, or not as it is set up. */
export class DirectoryFailure extends Error {
  override readonly name = 'DirectoryFailure';
  readonly code: DirectoryFaultCode;
  /** As it is set up. */
  readonly server: string | undefined;

  /** @param message Of the directory or the system, for the operator; holds no secret. */
  constructor(code: DirectoryFaultCode, message: string, server?: string) {
    super(message);
    this.code = code;
    this.server = server;
  }
}

export function isOfOneServer({ code }: Pick<DirectoryFailure, 'code'>): boolean {
  return OF_ONE_SERVER.includes(code);
}
