/**
 * Many connections to the one engine of the embedded database.
 *
 * PGlite has a single backend. The hub lets one session at a time have it: from the session's
 * first message until ReadyForQuery says "idle", so that transactions exclude each other. What
 * else is session state in Postgres (SET, prepared names, advisory locks) is shared by all.
 *
 * Three things keep a single engine bearable: every batch of work ends with a turn of the event
 * loop (the engine would otherwise starve timers and sockets), an engine that is held idle in an
 * open transaction while others wait is taken away (a query outside its transaction, inside
 * it, would wait for ever), and a session that closes has its transaction rolled back.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises';
import { openSession, type Session, type SessionOutput } from './session.ts';

/** The part of PGlite the hub drives. */
export interface Engine {
  execProtocolRawStream(
    message: Uint8Array,
    options: { onRawData: (data: Uint8Array) => void },
  ): Promise<void>;
  exec(sql: string): Promise<unknown>;
}

export interface Hub {
  /** A new connection; bytes go in by the session and come back by `output`. */
  connect(output: SessionOutput): Session;
}

export interface HubOptions {
  /** How long an open transaction may keep the engine idle while others wait. */
  readonly maxIdleInTransactionMs?: number;
}

interface Work {
  readonly session: Session;
  readonly batch: Buffer;
}

export function createHub(engine: Engine, options: HubOptions = {}): Hub {
  const { maxIdleInTransactionMs = 5000 } = options;
  const sessions = new Set<Session>();
  let queue: Work[] = [];
  let owner: Session | undefined;
  let busy = false;
  let idleTimer: NodeJS.Timeout | undefined;

  function submit(session: Session, batch: Buffer): void {
    queue.push({ session, batch });
    watchIdleOwner();
    void pump();
  }

  async function pump(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let work = takeNext(); work; work = takeNext()) {
      clearTimeout(idleTimer);
      owner = await perform(work);
      await setImmediate();
      if (owner && !sessions.has(owner)) await rollBack();
    }
    busy = false;
    watchIdleOwner();
  }

  function takeNext(): Work | undefined {
    const index = owner ? queue.findIndex((work) => work.session === owner) : 0;
    return index < 0 ? undefined : queue.splice(index, 1)[0];
  }

  /** Runs one batch. Returns its session if that still holds the engine. */
  async function perform({ session, batch }: Work): Promise<Session | undefined> {
    session.beginBatch();
    try {
      await engine.execProtocolRawStream(batch, { onRawData: (bytes) => session.deliver(bytes) });
    } catch (error) {
      session.fail(error);
    }
    return session.isIdle() ? undefined : session;
  }

  async function rollBack(): Promise<void> {
    owner = undefined;
    // An engine that cannot even roll back is dead, and says so to whoever asks next.
    await engine.exec('ROLLBACK').catch(() => undefined);
  }

  function watchIdleOwner(): void {
    clearTimeout(idleTimer);
    if (busy || !owner || !queue.some((work) => work.session !== owner)) return;
    idleTimer = setTimeout(() => {
      owner?.expire();
      void release();
    }, maxIdleInTransactionMs).unref();
  }

  async function release(): Promise<void> {
    if (busy || !owner) return;
    busy = true;
    await rollBack();
    busy = false;
    await pump();
  }

  function leave(session: Session): void {
    sessions.delete(session);
    queue = queue.filter((work) => work.session !== session);
    if (session === owner) void release();
  }

  function notify(channel: string, notification: Buffer): void {
    for (const session of sessions) session.notify(channel, notification);
  }

  return {
    connect(output) {
      const session = openSession({ submit, leave, notify }, output);
      sessions.add(session);
      return session;
    },
  };
}
