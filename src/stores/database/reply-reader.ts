/**
 * Reads along in the engine's answers: the transaction's status, and notifications.
 *
 * @module
 */
import { endOfMessage, FROM_SERVER, HEADER_BYTES, type TransactionStatus } from './wire.ts';

export interface ReplyReader {
  /** A new batch begins: until its ReadyForQuery the status is not known. */
  begin(): void;
  /** Bytes of the engine, cut anywhere. */
  read(bytes: Buffer): void;
  status(): TransactionStatus | undefined;
}

export interface ReplyTargets {
  send(bytes: Buffer): void;
  /** Takes the notifications out of the stream: whoever listens gets them, not whoever ran. */
  notify(channel: string, notification: Buffer): void;
}

export function createReplyReader(targets: ReplyTargets): ReplyReader {
  let pending: Buffer = Buffer.alloc(0);
  let status: TransactionStatus | undefined = 'I';

  return {
    begin() {
      status = undefined;
    },
    read(bytes) {
      pending = pending.length ? Buffer.concat([pending, bytes]) : bytes;
      let sendFrom = 0;
      let offset = 0;
      for (;;) {
        const end = endOfMessage(pending, offset);
        if (end === undefined) break;
        if (pending[offset] === FROM_SERVER.ready)
          status = String.fromCharCode(pending[offset + HEADER_BYTES] ?? 0) as TransactionStatus;
        if (pending[offset] === FROM_SERVER.notification) {
          forward(sendFrom, offset);
          sendFrom = end;
          const notification = Buffer.from(pending.subarray(offset, end));
          targets.notify(channelOf(notification), notification);
        }
        offset = end;
      }
      forward(sendFrom, offset);
      pending = pending.subarray(offset);
    },
    status: () => status,
  };

  function forward(from: number, to: number): void {
    if (to > from) targets.send(Buffer.from(pending.subarray(from, to)));
  }
}

/** NotificationResponse: int32 process id, then channel and payload, each zero-terminated. */
function channelOf(notification: Buffer): string {
  const start = HEADER_BYTES + 4;
  return notification.toString('utf8', start, notification.indexOf(0, start));
}
