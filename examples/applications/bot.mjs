#!/usr/bin/env node
/**
 * A bot's way into a room: Node 20, nothing to install.
 *
 *   ROOMKEY_URL=https://auth.example.com ROOMKEY_API_KEY=rk_… node bot.mjs recorder stand-up
 *
 * Prints the address that opens the room; hand it to the browser the bot drives.
 */
const [user, room, issuer = 'main'] = process.argv.slice(2);
const { ROOMKEY_URL, ROOMKEY_API_KEY } = process.env;
if (!user || !room || !ROOMKEY_URL || !ROOMKEY_API_KEY) {
  console.error('ROOMKEY_URL=… ROOMKEY_API_KEY=rk_… node bot.mjs USER ROOM [ISSUER]');
  process.exit(2);
}

/** Waits and asks again when Roomkey is busy; a refusal is final. */
async function fetchToken(triesLeft = 3) {
  const address = new URL(`/api/v1/issuers/${encodeURIComponent(issuer)}/tokens`, ROOMKEY_URL);
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${ROOMKEY_API_KEY}`,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ user, room }),
    redirect: 'error',
    signal: AbortSignal.timeout(5000),
  });
  const answer = await response.json();
  if (response.ok) return answer;

  if (response.status === 503 && triesLeft > 0) {
    const seconds = Number(response.headers.get('Retry-After') ?? 1);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return fetchToken(triesLeft - 1);
  }
  const { code, reference, details } = answer.error;
  const why = code === 'access_denied' ? ` (${details.reason}, by ${details.rule})` : '';
  throw new Error(`${code}${why}, reference ${reference}`);
}

try {
  const { url, role, expiresAt } = await fetchToken();
  console.error(`${role}, join before ${expiresAt}`);
  console.log(url);
} catch (error) {
  console.error(String(error.message));
  process.exit(1);
}
