/**
 * The pages of the stand-in. Its own words and looks, so that nobody takes it for Jitsi or for
 * Roomkey.
 *
 * @module
 */
import type { Json } from '../domain/prosody/json.ts';
import { type Html, html } from './html.ts';
import type { Visit } from './visit.ts';
import { stateOf } from './visit.ts';

/** A room worth a visit, and what is special about it. */
export interface SuggestedRoom {
  readonly room: string;
  readonly about: string;
}

/** Somebody to be. */
export interface DemoPerson {
  readonly username: string;
  readonly displayName: string;
  readonly password: string;
}

export interface Frame {
  /** Of the Jitsi server it plays. */
  readonly name: string;
  readonly stylesheet: string;
  readonly script: string;
}

export function layout({ name, stylesheet, script }: Frame, title: string, main: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${name} (stand-in)</title>
<link rel="stylesheet" href="${stylesheet}">
<link rel="icon" href="data:,">
<script type="module" src="${script}"></script>
</head>
<body>
<header>
<p class="label"><strong>Stand-in</strong> This page plays the Jitsi server of “${name}” on your own
machine. There is no video here: it shows what Roomkey sent, and what Jitsi would make of it.</p>
</header>
<main id="main">${main}</main>
</body>
</html>
`.markup;
}

export function frontPage(
  name: string,
  { rooms, people }: { rooms: readonly SuggestedRoom[]; people: readonly DemoPerson[] },
): Html {
  return html`<h1>${name}</h1>
<form method="get" action="/">
<label for="room">Name of a room</label>
<div class="row"><input id="room" name="room" required maxlength="200" autocomplete="off"
spellcheck="false"><button>Go to the room</button></div>
</form>
${rooms.length > 0 ? roomList(rooms) : undefined}
${people.length > 0 ? peopleList(people) : undefined}`;
}

function roomList(rooms: readonly SuggestedRoom[]): Html {
  const items = rooms.map(
    ({ room, about }) =>
      html`<li><a href="/${encodeURIComponent(room)}">${room}</a>: ${about}</li>`,
  );
  return html`<h2>Rooms to try</h2><ul>${items}</ul>`;
}

function peopleList(people: readonly DemoPerson[]): Html {
  const items = people.map(
    ({ username, displayName, password }) =>
      html`<li><strong>${displayName}</strong>: <code>${username}</code>, <code>${password}</code></li>`,
  );
  return html`<h2>People to be</h2><ul>${items}</ul>`;
}

/** A meeting's front door: nobody came with a token. */
export function frontDoor(visit: Visit, signInHref: string): Html {
  return html`<h1>${visit.roomName}</h1>
<p class="lead">This meeting lets in who brings a token. You have none yet.</p>
<p><a class="button" id="sign-in" href="${signInHref}">Sign in</a></p>
<h2>What the button does</h2>
<p>Jitsi fills its <code>tokenAuthUrl</code> in and goes there:</p>
<pre tabindex="0" aria-label="Address of the button">${signInHref}</pre>
<p>The <code>state</code> in it says where you came from:</p>
${tree(stateOf(visit))}
<noscript><p class="notice">A token in the fragment of an address (<code>#jwt=…</code>) never leaves
the browser, so without JavaScript this page cannot see one. Jitsi itself needs JavaScript as
well.</p></noscript>`;
}

export function problem(title: string, sentence: string): Html {
  return html`<h1>${title}</h1><p>${sentence}</p><p><a href="/">To the front page</a></p>`;
}

/** JSON as nested lists. `noteOf` adds a word to the values it knows. */
export function tree(
  value: Json | undefined,
  noteOf: (name: string, value: Json) => string | undefined = () => undefined,
): Html {
  if (typeof value !== 'object' || value === null)
    return html`<code>${JSON.stringify(value) ?? 'nothing'}</code>`;
  const items = Object.entries(value).map(([name, inner]: [string, Json | undefined]) => {
    const note = inner === undefined ? undefined : noteOf(name, inner);
    return html`<li><span class="name">${name}</span> ${tree(inner, noteOf)}${
      note && html` <span class="note">${note}</span>`
    }</li>`;
  });
  return html`<ul class="tree">${items}</ul>`;
}
