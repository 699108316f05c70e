/**
 * Options of nixpkgs' modules. `services.jitsi-meet` writes Prosody's hosts itself: our lines come
 * after its own, where Prosody counts the last of an option, and open its component for the rooms
 * once more, because a component loads only modules of its own list.
 *
 * @module
 */
import type { GuideFacts } from './facts.ts';
import type { GuideFile, GuideLine } from './guide-file.ts';
import { insideNix, lua, nix } from './literals.ts';
import { acceptedLines, hostLines, indented, roomLines } from './prosody-lines.ts';

const SECRET_FILE = '/var/lib/jitsi-meet/roomkey-secret-env';

export function nixosFiles(facts: GuideFacts): GuideFile[] {
  const lines: GuideLine[] = [
    { text: '{ lib, pkgs, ... }:' },
    { text: '{' },
    ...indented(
      [...clientLines(facts), ...prosodyPackage, ...prosodyLines(facts), ...jicofoLines],
      '  ',
    ),
    { text: '}' },
  ];
  return [{ name: 'roomkey.nix', target: '/etc/nixos/roomkey.nix', syntax: 'nix', lines }];
}

function clientLines({ addresses, withGuests, host }: GuideFacts): GuideLine[] {
  const guests = nix(`guest.${host}`);
  return [
    { text: 'services.jitsi-meet.config = {' },
    { text: `  tokenAuthUrl = ${nix(addresses.login)};`, note: 'token_address' },
    { text: `  tokenLogoutUrl = ${nix(addresses.logout)};`, note: 'logout_address' },
    ...(withGuests
      ? [{ text: `  hosts.anonymousdomain = ${guests};`, note: 'guest_domain' } as const]
      : []),
    { text: '};' },
    { text: '' },
  ];
}

/** What the plugins for tokens load (`token/util.lib.lua`, `luajwtjitsi.lib.lua`). */
const prosodyPackage: readonly GuideLine[] = [
  { text: 'services.prosody.package = pkgs.prosody.override {', note: 'lua_packages' },
  {
    text: '  withExtraLuaPackages = lua: [ lua.basexx lua.cjson lua.inspect lua.luaossl ];',
  },
  { text: '};' },
  { text: '' },
];

function prosodyLines(facts: GuideFacts): GuideLine[] {
  const { host, keys, withGuests } = facts;
  const kept = ['muc_meeting_id', 'muc_domain_mapper'];
  const secret = { text: 'app_secret = ENV_ROOMKEY_APP_SECRET', note: 'secret' } as const;
  const options: GuideLine[] = [
    ...hostLines(facts, secret),
    ...acceptedLines(facts),
    { text: '' },
    { text: `Component ${lua(`conference.${host}`)} "muc"`, note: 'nix_component' },
    ...indented(roomLines(facts, kept), '  '),
  ];
  const escaped = options.map(
    ({ text, note }): GuideLine => ({ text: insideNix(text), note, syntax: 'lua' }),
  );
  return [
    ...(withGuests
      ? [
          {
            text: 'services.prosody.extraModules = [ "persistent_lobby" ];',
            note: 'persistent_lobby',
          } as const,
        ]
      : []),
    { text: `services.prosody.virtualHosts.${nix(host)}.extraConfig = lib.mkAfter ''` },
    ...indented(escaped, '  '),
    { text: "'';" },
    ...(keys === 'secret' ? secretFile : []),
    { text: '' },
  ];
}

/** The Nix store is open to everybody on that machine: a secret must not get there. */
const secretFile: readonly GuideLine[] = [
  {
    text: `systemd.services.prosody.serviceConfig.EnvironmentFile = [ ${nix(SECRET_FILE)} ];`,
    note: 'nix_secret_file',
  },
];

const jicofoLines: readonly GuideLine[] = [
  { text: 'services.jicofo.config.jicofo = {' },
  { text: '  authentication.enabled = lib.mkForce false;', note: 'jicofo_auth_off' },
  { text: '  conference.enable-auto-owner = false;', note: 'auto_owner_off' },
  { text: '};' },
];
