/**
 * Which of jitsi-meet's settings may travel from the address of a meeting, through sign-in, back
 * into it.
 *
 * A part of what jitsi-meet itself takes from an address (`base/config/configWhitelist.ts`,
 * `interfaceConfigWhitelist.ts`): how the meeting looks and starts. Left out is whatever names a
 * server, a key or an application, changes logging, or plays another role (recorder, gateway).
 *
 * @module
 */

/** `config.startWithAudioMuted`, with the value that goes into the fragment as JSON. */
export type ConfigEntry = readonly [name: string, value: string | number | boolean];

/** A name takes what lies under it along: `prejoinConfig` takes `prejoinConfig.enabled`. */
const CONFIG = new Set(
  [
    'startAudioMuted startAudioOnly startLastN startLowBandwidthMode startScreenSharing startSilent',
    'startVideoMuted startWithAudioMuted startWithVideoMuted autoKnockLobby cameraFacingMode',
    'prejoinConfig prejoinPageEnabled requireDisplayName deeplinking disableDeepLinking lobby',
    'subject localSubject conferenceInfo callDisplayName defaultLocalDisplayName',
    'defaultRemoteDisplayName audioQuality videoQuality channelLastN resolution stereo p2p.enabled',
    'maxFullResolutionParticipants disableSimulcast disableAEC disableAGC disableAP disableNS',
    'disableAudioLevels disableInitialGUM disableLocalVideoFlip doNotFlipLocalVideo doNotStoreRoom',
    'disableModeratorIndicator disablePolls disableProfile disableReactions disableShortcuts',
    'disableInviteFunctions disableIncomingMessageSound disableJoinLeaveSounds disableSelfView',
    'disableSelfViewSettings disableShowMoreStats disableTileView disableTileEnlargement',
    'disableVirtualBackground disableFilmstripAutohiding disableResponsiveTiles disable1On1Mode',
    'disableRemoteMute disableBeforeUnloadHandlers hideAddRoomButton hideConferenceSubject',
    'hideConferenceTimer hideDisplayName hideDominantSpeakerBadge hideEmailInSettings',
    'hideLobbyButton hideParticipantsStats hideRecordingLabel backgroundAlpha breakoutRooms',
    'connectionIndicators e2eeLabels enableNoAudioDetection enableNoisyMicDetection',
    'faceLandmarks feedbackPercentage filmstrip notificationTimeouts participantsPane',
    'raisedHands remoteVideoMenu securityUi speakerStats speakerStatsOrder tileView toolbarConfig',
  ].flatMap((names) => names.split(' ')),
);

const INTERFACE_CONFIG = new Set(
  [
    'AUDIO_LEVEL_PRIMARY_COLOR AUDIO_LEVEL_SECONDARY_COLOR AUTO_PIN_LATEST_SCREEN_SHARE',
    'CLOSE_PAGE_GUEST_HINT CONNECTION_INDICATOR_AUTO_HIDE_ENABLED',
    'CONNECTION_INDICATOR_AUTO_HIDE_TIMEOUT CONNECTION_INDICATOR_DISABLED',
    'DEFAULT_LOCAL_DISPLAY_NAME DEFAULT_REMOTE_DISPLAY_NAME DISABLE_DOMINANT_SPEAKER_INDICATOR',
    'DISABLE_FOCUS_INDICATOR DISABLE_JOIN_LEAVE_NOTIFICATIONS DISABLE_PRESENCE_STATUS',
    'DISABLE_PRIVATE_MESSAGES DISABLE_TRANSCRIPTION_SUBTITLES DISABLE_VIDEO_BACKGROUND',
    'FILM_STRIP_MAX_HEIGHT INITIAL_TOOLBAR_TIMEOUT LANG_DETECTION LOCAL_THUMBNAIL_RATIO',
    'MAXIMUM_ZOOMING_COEFFICIENT REMOTE_THUMBNAIL_RATIO SHOW_CHROME_EXTENSION_BANNER',
    'SHOW_POWERED_BY TILE_VIEW_MAX_COLUMNS TOOLBAR_ALWAYS_VISIBLE TOOLBAR_TIMEOUT',
    'VERTICAL_FILMSTRIP VIDEO_LAYOUT_FIT VIDEO_QUALITY_LABEL_DISABLED',
  ].flatMap((names) => names.split(' ')),
);

const NAME = /^(config|interfaceConfig)\.([A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*){0,3})$/;
const UNSAFE = /(?:^|\.)(?:constructor|prototype)(?:\.|$)/;
/** Whatever else a release may put under a name we pass on. */
const SENSITIVE =
  /url|uri|host|token|jwt|auth|secret|password|appkey|apikey|service|bosh|websocket/i;
/** UTF-16 units. */
const MAX_VALUE = 200;
const MAX_ENTRIES = 50;

/** Takes from `state` what may go back into the meeting's address; ignores the rest. */
export function configEntries(state: Readonly<Record<string, unknown>>): readonly ConfigEntry[] {
  const entries: ConfigEntry[] = [];
  for (const [name, value] of Object.entries(state)) {
    if (isKnown(name) && isPlain(value)) entries.push([name, value]);
    if (entries.length === MAX_ENTRIES) break;
  }
  return entries;
}

function isKnown(name: string): boolean {
  const [, owner, path] = NAME.exec(name) ?? [];
  if (path === undefined || UNSAFE.test(path) || SENSITIVE.test(path)) return false;
  const known = owner === 'config' ? CONFIG : INTERFACE_CONFIG;
  const parts = path.split('.');
  return parts.some((_, index) => known.has(parts.slice(0, index + 1).join('.')));
}

function isPlain(value: unknown): value is ConfigEntry[1] {
  if (typeof value === 'string') return value.length <= MAX_VALUE && !/[\p{Cc}\p{Cs}]/u.test(value);
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
