/**
 * A "socket" that ends in this process: what `pg` takes for its `stream`.
 *
 * @module
 */
import { Duplex } from 'node:stream';
import type { Hub } from './hub.ts';

/** The methods of `net.Socket` that `pg` calls on its stream, beside those of a Duplex. */
interface SocketLike {
  connect(): unknown;
  setNoDelay(): unknown;
  setKeepAlive(): unknown;
  ref(): unknown;
  unref(): unknown;
}

export function hubStream(hub: Hub): Duplex {
  const session = hub.connect({
    send: (bytes) => stream.push(bytes),
    end: () => {
      stream.push(null);
      stream.end();
    },
  });
  const stream: Duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      session.receive(chunk);
      done();
    },
    final(done) {
      session.close();
      stream.push(null);
      done();
    },
    destroy(error, done) {
      session.close();
      done(error);
    },
  });
  const socketLike: SocketLike = {
    connect: () => queueMicrotask(() => stream.emit('connect')),
    setNoDelay: () => stream,
    setKeepAlive: () => stream,
    ref: () => stream,
    unref: () => stream,
  };
  return Object.assign(stream, socketLike);
}
