/**
 * A way to Postgres that counts how often an answer is waited for: every Query and every Sync of
 * the frontend (PostgreSQL documentation, "Message Formats") asks for one.
 *
 * @module
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CountingProxy {
  readonly url: string;
  /** Round trips since the last time it was asked. */
  take(): number;
  stop(): void;
}

const QUERY = 0x51;
const SYNC = 0x53;

export async function startCountingProxy(databaseUrl: string): Promise<CountingProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let count = 0;

  const server = createServer((client) => {
    const postgres = connect(Number(target.port), target.hostname);
    const isRoundTrip = createReader();
    client.on('data', (chunk) => (count += isRoundTrip(chunk)));
    for (const [one, other] of [
      [client, postgres],
      [postgres, client],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    take() {
      const taken = count;
      count = 0;
      return taken;
    },
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Cuts a stream into messages; gives how many in a chunk ask for an answer. */
function createReader(): (chunk: Buffer) => number {
  let rest = Buffer.alloc(0);
  // The first message has no type: length, protocol, parameters.
  let typeBytes = 0;

  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    let found = 0;
    while (rest.length >= typeBytes + 4) {
      const end = typeBytes + rest.readInt32BE(typeBytes);
      if (rest.length < end) break;
      if (typeBytes === 1 && (rest[0] === QUERY || rest[0] === SYNC)) found++;
      rest = rest.subarray(end);
      typeBytes = 1;
    }
    return found;
  };
}
