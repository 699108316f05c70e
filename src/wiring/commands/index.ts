import { apply } from './apply.ts';
import type { Command } from './command.ts';
import { configCheck } from './config-check.ts';
import { doctor } from './doctor.ts';
import { exportCommand } from './export.ts';
import { importBridge } from './import-bridge.ts';
import { importUsers } from './import-users.ts';
import { keysImport, keysList, keysRotate } from './keys.ts';
import { migrate } from './migrate.ts';
import { ruleTest } from './rule-test.ts';
import { secretsReencrypt } from './secrets-reencrypt.ts';
import { serve } from './serve.ts';
import { setupLink } from './setup-link.ts';
import { tokenInspect, tokenIssue } from './token.ts';
import { upstreamSync } from './upstream-sync.ts';
import { upstreamTest } from './upstream-test.ts';
import { usersAdd, usersDisable, usersList, usersPasswd } from './users.ts';

/** In the order of `--help`. */
export const COMMANDS: readonly Command[] = [
  serve,
  setupLink,
  doctor,
  apply,
  exportCommand,
  usersAdd,
  usersList,
  usersPasswd,
  usersDisable,
  importBridge,
  importUsers,
  upstreamTest,
  upstreamSync,
  keysList,
  keysRotate,
  keysImport,
  ruleTest,
  tokenIssue,
  tokenInspect,
  migrate,
  configCheck,
  secretsReencrypt,
];
