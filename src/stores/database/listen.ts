/**
 * A connection of its own that listens to one channel, and comes back when it is lost.
 *
 * @module
 */
import { type Client, escapeIdentifier } from 'pg';

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5000;

/** See `Database.listen`. */
export async function listenOn(
  createClient: () => Client,
  channel: string,
  onNotify: (payload: string) => void,
): Promise<() => Promise<void>> {
  let client: Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  let stopped = false;

  await connect();
  return async () => {
    stopped = true;
    clearTimeout(retry);
    await client?.end();
  };

  async function connect(): Promise<void> {
    const next = createClient();
    // Without a handler a lost connection would end the process; 'end' follows and is acted on.
    next.on('error', () => undefined);
    try {
      await next.connect();
      next.on('notification', (notification) => {
        if (notification.channel === channel) onNotify(notification.payload ?? '');
      });
      await next.query(`listen ${escapeIdentifier(channel)}`);
    } catch (error) {
      await next.end().catch(() => undefined);
      throw error;
    }
    next.once('end', () => reconnectIn(FIRST_RETRY_MS));
    client = next;
    if (stopped) await next.end();
  }

  function reconnectIn(delayMs: number): void {
    client = undefined;
    if (stopped) return;
    retry = setTimeout(() => {
      connect().catch(() => reconnectIn(Math.min(delayMs * 2, LONGEST_RETRY_MS)));
    }, delayMs);
  }
}
