/**
 * One connection to the embedded database: bytes in, batches of whole messages out, and back.
 *
 * @module
 */
import { NO_ENCRYPTION, readGreeting, WELCOME } from './greeting.ts';
import { createReplyReader } from './reply-reader.ts';
import { endOfMessage, errorResponse, FROM_CLIENT, HEADER_BYTES, readyForQuery } from './wire.ts';

/** Where a session's answers go: a socket, or a stream in this process. */
export interface SessionOutput {
  send(bytes: Buffer): void;
  end(): void;
}

/** What a session needs of its hub. */
export interface SessionHost {
  submit(session: Session, batch: Buffer): void;
  leave(session: Session): void;
  notify(channel: string, notification: Buffer): void;
}

export interface Session {
  /** Bytes from the client. */
  receive(chunk: Buffer): void;
  /** The client is gone; what it left open is rolled back. */
  close(): void;
  /** A batch of this session goes to the engine now. */
  beginBatch(): void;
  /** Bytes from the engine, in answer to the batch. */
  deliver(bytes: Uint8Array): void;
  /** The engine itself failed. */
  fail(error: unknown): void;
  /** True when the engine said that this session holds no transaction. */
  isIdle(): boolean;
  /** The session's transaction was taken away: until its end, everything it asks is refused. */
  expire(): void;
  notify(channel: string, notification: Buffer): void;
}

const HELD_TOO_LONG =
  'the transaction was rolled back: it held the embedded database idle while other queries ' +
  'waited. Did it run a query outside its transaction, or wait for the network?';

/** Messages after which the engine has something to answer. */
const BATCH_ENDS = new Set<number>([
  FROM_CLIENT.copyDone,
  FROM_CLIENT.copyFail,
  FROM_CLIENT.flush,
  FROM_CLIENT.functionCall,
  FROM_CLIENT.query,
  FROM_CLIENT.sync,
]);

export function openSession(host: SessionHost, output: SessionOutput): Session {
  const channels = new Set<string>();
  const reader = createReplyReader({ send, notify: (...heard) => host.notify(...heard) });
  let pending: Buffer = Buffer.alloc(0);
  let greeted = false;
  let expired = false;
  let closed = false;

  const session: Session = {
    receive(chunk) {
      if (closed) return;
      pending = pending.length ? Buffer.concat([pending, chunk]) : chunk;
      try {
        if (greeted || greet()) readBatches();
      } catch (error) {
        session.fail(error);
      }
    },
    close() {
      if (closed) return;
      closed = true;
      host.leave(session);
    },
    beginBatch: () => reader.begin(),
    deliver: (bytes) => reader.read(Buffer.from(bytes)),
    fail(error) {
      const reason = error instanceof Error ? error.message : String(error);
      send(errorResponse('FATAL', 'XX000', reason));
      hangUp();
    },
    isIdle: () => reader.status() === 'I',
    expire() {
      expired = true;
    },
    notify(channel, notification) {
      if (channels.has(channel)) send(notification);
    },
  };
  return session;

  function send(bytes: Buffer): void {
    if (!closed) output.send(bytes);
  }

  function hangUp(): void {
    if (!closed) output.end();
    session.close();
  }

  /** Answers the packets before the first message. Returns whether the client is in. */
  function greet(): boolean {
    const greeting = readGreeting(pending);
    if (!greeting) return false;
    pending = pending.subarray(greeting.bytes);
    if (greeting.kind === 'cancel') {
      hangUp();
      return false;
    }
    if (greeting.kind === 'encryption') {
      send(NO_ENCRYPTION);
      return greet();
    }
    greeted = true;
    send(WELCOME);
    return true;
  }

  function readBatches(): void {
    let batchStart = 0;
    let offset = 0;
    for (;;) {
      const end = endOfMessage(pending, offset);
      if (end === undefined) break;
      const type = pending[offset] ?? 0;
      if (type === FROM_CLIENT.terminate) return hangUp();
      if (type === FROM_CLIENT.query || type === FROM_CLIENT.parse)
        followListens(channels, pending.toString('utf8', offset + HEADER_BYTES, end));
      offset = end;
      if (!BATCH_ENDS.has(type)) continue;
      submit(Buffer.from(pending.subarray(batchStart, offset)));
      batchStart = offset;
    }
    pending = pending.subarray(batchStart);
  }

  function submit(batch: Buffer): void {
    if (!expired) return host.submit(session, batch);
    // Refused up to and including its own end, so that no part of it runs outside of it.
    expired = !endsTransaction(batch);
    const refusal = errorResponse('ERROR', '25P03', HELD_TOO_LONG);
    send(Buffer.concat([refusal, readyForQuery(expired ? 'E' : 'I')]));
  }
}

/** Keeps the set of channels a connection listens to, from the SQL it sends. */
function followListens(channels: Set<string>, sql: string): void {
  const found = /\b(un)?listen\s+(?:"([^"]+)"|(\w+|\*))/i.exec(sql);
  const channel = found?.[2] ?? found?.[3]?.toLowerCase();
  if (!channel) return;
  if (!found?.[1]) channels.add(channel);
  else if (channel === '*') channels.clear();
  else channels.delete(channel);
}

/** Whether the batch is the end of the client's own transaction, not only of a savepoint. */
function endsTransaction(batch: Buffer): boolean {
  return /(?:^.{5}|\0)\s*(?:commit|end|abort|rollback(?!\s+to))\b/is.test(batch.toString('latin1'));
}
