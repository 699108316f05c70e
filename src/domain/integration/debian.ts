import type { GuideFacts } from './facts.ts';
import type { GuideFile, GuideLine } from './guide-file.ts';
import { js, lua } from './literals.ts';
import { acceptedLines, hostLines, indented, roomLines, SECRET_LINE } from './prosody-lines.ts';

/** The files that Debian's packages of Jitsi install, with the lines to add to them. */
export function debianFiles(facts: GuideFacts): GuideFile[] {
  const { host, addresses, withGuests } = facts;
  return [
    {
      name: 'prosody.cfg.lua',
      target: `/etc/prosody/conf.avail/${host}.cfg.lua`,
      syntax: 'lua',
      lines: prosodyLines(facts),
    },
    {
      name: 'jicofo.conf',
      target: '/etc/jitsi/jicofo/jicofo.conf',
      syntax: 'hocon',
      lines: [
        { text: 'jicofo {' },
        { text: '  authentication { enabled = false }', note: 'jicofo_auth_off' },
        { text: '  conference { enable-auto-owner = false }', note: 'auto_owner_off' },
        { text: '}' },
      ],
    },
    {
      name: 'config.js',
      target: `/etc/jitsi/meet/${host}-config.js`,
      syntax: 'js',
      lines: [
        { text: `config.tokenAuthUrl = ${js(addresses.login)};`, note: 'token_address' },
        { text: `config.tokenLogoutUrl = ${js(addresses.logout)};`, note: 'logout_address' },
        ...(withGuests
          ? [
              {
                text: `config.hosts.anonymousdomain = ${js(`guest.${host}`)};`,
                note: 'guest_domain',
              } as const,
            ]
          : []),
      ],
    },
  ];
}

function prosodyLines(facts: GuideFacts): GuideLine[] {
  const { host, withGuests } = facts;
  return [
    ...acceptedLines(facts),
    { text: '' },
    { text: `VirtualHost ${lua(host)}` },
    ...indented(hostLines(facts, SECRET_LINE)),
    ...(withGuests ? indented(lobbyModules) : []),
    { text: '' },
    { text: `Component ${lua(`conference.${host}`)} "muc"` },
    ...indented(roomLines(facts, [])),
    ...(withGuests ? guestHost(host) : []),
  ];
}

const lobbyModules: readonly GuideLine[] = [
  { text: 'modules_enabled = {' },
  { text: '    "muc_lobby_rooms";', note: 'lobby_on' },
  { text: '    "persistent_lobby";', note: 'persistent_lobby' },
  { text: '}' },
];

function guestHost(host: string): GuideLine[] {
  return [
    { text: '' },
    { text: `VirtualHost ${lua(`guest.${host}`)}`, note: 'guest_host' },
    { text: '    authentication = "jitsi-anonymous"' },
    { text: '    c2s_require_encryption = false' },
  ];
}
