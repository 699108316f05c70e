/**
 * One kept-alive connection that speaks just enough HTTP/1.1 to know where an answer ends.
 *
 * Everything shares the machine with what is measured, so it parses as little as it can: the
 * status and `Content-Length`. Answers in chunks are refused.
 *
 * @module
 */
import { connect } from 'node:net';

export interface Connection {
  /** Sends one request; `onAnswer` hears of its answer. One at a time. */
  send(request: string): void;
  close(): void;
}

const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: (\d+)/i;
const NO_BODY = new Set([204, 304]);

export function openConnection(
  port: number,
  {
    onAnswer,
    onError,
  }: { onAnswer: (status: number, answer: string) => void; onError: (error: Error) => void },
): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  let received = '';
  let open = true;

  socket.setEncoding('latin1');
  socket.on('data', (chunk) => {
    received = received === '' ? String(chunk) : received + String(chunk);
    const headEnd = received.indexOf(HEAD_END);
    if (headEnd === -1) return;
    const status = Number(received.slice(9, 12));
    const length = LENGTH.exec(received.slice(0, headEnd))?.[1];
    if (length === undefined && !NO_BODY.has(status)) {
      onError(new Error(`an answer without Content-Length: ${received.slice(0, headEnd)}`));
      return;
    }
    if (received.length < headEnd + HEAD_END.length + Number(length ?? 0)) return;
    const answer = received;
    received = '';
    onAnswer(status, answer);
  });
  socket.on('error', onError);
  socket.on('close', () => open && onError(new Error('the server closed a connection')));

  const connection = {
    send: (request: string) => void socket.write(request, 'latin1'),
    close() {
      open = false;
      socket.destroy();
    },
  };
  return new Promise((resolve) => socket.once('connect', () => resolve(connection)));
}
