/**
 * What people take when asked for a long password. Collected by us; short on purpose: patterns are
 * found by `password-policy.ts`, this is what has none.
 *
 * @module
 */

/** Words and years that add nothing to a password, lower case. */
export const COMMON_WORDS: readonly string[] = [
  'password passwort passwd passphrase kennwort motdepasse contrasena parola senha wachtwoord',
  'welcome willkommen bienvenue hello hallo bonjour',
  'admin administrator root user guest test testing demo default changeme change secret geheim',
  'letmein login signin opensesame access master iloveyou ichliebedich jetaime teamo forever',
  'roomkey jitsi jitsimeet meeting meet conference konferenz video company office server',
  'monkey dragon football baseball basketball soccer superman batman pokemon starwars princess',
  'sunshine shadow michael jennifer jessica daniel charlie summer winter spring autumn sommer',
  'january february march april june july august september october november december',
  'monday tuesday wednesday thursday friday saturday sunday',
  'please computer internet google facebook trustno whatever freedom',
]
  .join(' ')
  .split(' ')
  .concat(Array.from({ length: 100 }, (_, index) => String(1950 + index)));

/** Whole passwords and phrases, letters and digits only, lower case. */
export const COMMON_PHRASES: ReadonlySet<string> = new Set([
  'allyourbasearebelongtous',
  'antidisestablishmentarianism',
  'asdfghjklqwertyuiop',
  'besuretodrinkyourovaltine',
  'carpediemquamminimumcredulapostero',
  'correcthorsebatterystaple',
  'donaudampfschifffahrtsgesellschaft',
  'elpsycongrooelpsycongroo',
  'fourscoreandsevenyearsago',
  'franzjagtimkomplettverwahrlostentaxi',
  'happybirthdaytoyou',
  'hastalavistababy',
  'honorificabilitudinitatibus',
  'houstonwehaveaproblem',
  'idontknowmypassword',
  'iforgotmypassword',
  'ihavenoideawhattochoose',
  'inthebeginningwastheword',
  'itwasthebestoftimes',
  'liveandletdie007james',
  'loremipsumdolor',
  'loremipsumdolorsitamet',
  'luckyluckylucky',
  'maytheforcebewithyou',
  'mynameisinigomontoya',
  'nevergonnagiveyouup',
  'nevergonnaletyoudown',
  'nobodyknowsmypassword',
  'onceuponatimethere',
  'oneringtorulethemall',
  'pneumonoultramicroscopicsilicovolcanoconiosis',
  'rumpelstilzchen',
  'somewhereovertherainbow',
  'supercalifragilisticexpialidocious',
  'thequickbrownfox',
  'thequickbrownfoxjumps',
  'thequickbrownfoxjumpsoverthelazydog',
  'thereisnoplacelikehome',
  'thereisnospoonneo',
  'theanswerisfortytwo',
  'thisisnotapassword',
  'tobeornottobethatisthequestion',
  'twinkletwinklelittlestar',
  'victoriasecret123',
  'whatisthepassword',
  'whatsmypasswordagain',
  'winteriscoming2019',
  'winteriscomingsoon',
  'yesterdayallmytroubles',
  'youcantalwaysgetwhatyouwant',
  'youshallnotpass',
]);
