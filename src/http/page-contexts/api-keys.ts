import type { ApiKeyState } from '../../domain/api-key.ts';
import type { Permission } from '../../domain/permissions.ts';
import type { ListFrame } from '../list-query.ts';
import type { MachineForm } from './admin.ts';

export interface ApiKeyPages {
  'admin-api-keys': {
    readonly list: ListFrame;
    readonly sort: string;
    readonly keys: readonly ApiKeyEntry[];
    readonly now: Date;
    /** Whether whoever looks may make and revoke keys. */
    readonly mayWrite: boolean;
    readonly machine: MachineForm;
  };
  'admin-api-key-new': {
    readonly name: string;
    /** What whoever looks may give away. */
    readonly scopes: readonly { readonly scope: Permission; readonly chosen: boolean }[];
    readonly days: string;
    readonly faults: {
      readonly name?: 'missing' | 'too_long';
      readonly scopes?: 'missing';
    };
  };
  /** Once: nobody can be told again. */
  'admin-api-key-made': {
    readonly name: string;
    readonly token: string;
    readonly expiresAt: Date | undefined;
    readonly curl: string;
  };
}

export interface ApiKeyEntry {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Permission[];
  readonly maker: string;
  readonly makerDisabled: boolean;
  readonly state: ApiKeyState;
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly lastUsedAt: Date | undefined;
}
