import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isDatabaseLoss } from '../../src/http/database-loss.ts';
import { createOutgoing, fetchPicture, type OutgoingDeps } from '../../src/http/outgoing.ts';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.closeAllConnections();
});

/** The address of a server that answers so. */
async function listenWith(answer: RequestListener): Promise<URL> {
  const server = createServer(answer).listen(0, '127.0.0.1').unref();
  open.push(server);
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/key`);
}

const outgoing = (deps: Partial<OutgoingDeps> = {}) =>
  createOutgoing({
    publicUrl: () => new URL('https://auth.example.org'),
    allowLoopback: true,
    ...deps,
  });

const resolvingTo = (...addresses: string[]) => ({
  resolve: async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
});

describe('an outgoing request', () => {
  it('gives status and text, whatever the status says', async () => {
    const address = await listenWith((_, res) => res.writeHead(404).end('café'));
    expect(await outgoing().get(address)).toEqual({ status: 404, text: 'café' });
  });

  it('follows no redirect', async () => {
    const asked: string[] = [];
    const address = await listenWith((req, res) => {
      asked.push(req.url ?? '');
      res.writeHead(302, { location: '/elsewhere' }).end();
    });
    const failure = { code: 'redirected', message: 'redirects (302)' };
    await expect(outgoing().get(address)).rejects.toMatchObject(failure);
    expect(asked).toEqual(['/key']);
  });

  it.each([
    ['at once', (res: Parameters<RequestListener>[1]) => res.end('x'.repeat(101))],
    ['bit by bit', (res: Parameters<RequestListener>[1]) => void drip(res)],
  ])('takes no answer that is too large, sent %s', async (_, answer) => {
    const address = await listenWith((_req, res) => void answer(res));
    const getting = outgoing({ maxBytes: 100 }).get(address);
    await expect(getting).rejects.toMatchObject({ code: 'too_large' });
  });

  it('takes an answer of just that size', async () => {
    const address = await listenWith((_, res) => res.end('x'.repeat(100)));
    expect((await outgoing({ maxBytes: 100 }).get(address)).text).toHaveLength(100);
  });

  it.each<[string, RequestListener]>([
    ['does not come', () => {}],
    ['does not end', (_, res) => res.write('x')],
  ])('waits no longer for an answer that %s', async (_, answer) => {
    const address = await listenWith(answer);
    const getting = outgoing({ timeoutMs: 50 }).get(address);
    await expect(getting).rejects.toMatchObject({ code: 'too_slow' });
  });

  it('waits no longer for a name that is not resolved', async () => {
    const resolve = () => new Promise<never>(() => {});
    const getting = outgoing({ timeoutMs: 50, resolve }).get(new URL('http://slow.example'));
    await expect(getting).rejects.toMatchObject({ code: 'too_slow' });
  });

  it('says why nobody answered, and does not blame the database', async () => {
    const address = await listenWith((req) => req.socket.destroy());
    const failure = await outgoing()
      .get(address)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'unreachable', message: 'ECONNRESET' });
    expect(isDatabaseLoss(failure)).toBe(false);
  });

  it.each([
    'http://169.254.169.254/latest',
    'http://[fe80::1]/',
    'http://0.0.0.0/',
    'http://[::]/',
  ])('never goes to %s', async (address) => {
    const getting = outgoing({ publicUrl: () => new URL(address) }).get(new URL(address));
    await expect(getting).rejects.toMatchObject({ code: 'address_refused' });
  });

  it('never goes where a name leads that it would not go to itself', async () => {
    const getting = outgoing(resolvingTo('169.254.169.254', 'fe80::1')).get(
      new URL('http://metadata.example/'),
    );
    await expect(getting).rejects.toMatchObject({
      code: 'address_refused',
      message: expect.stringContaining('169.254.169.254, fe80::1'),
    });
  });

  it('goes to this very machine for PUBLIC_URL alone, unless it is told that it may', async () => {
    const address = await listenWith((_, res) => res.end('here'));
    const strict = { allowLoopback: false };
    for (const text of [address.href, `http://2130706433:${address.port}`])
      await expect(outgoing(strict).get(new URL(text))).rejects.toMatchObject({
        code: 'address_refused',
      });
    const named = new URL(`http://auth.example:${address.port}/key`);
    const toHere = { ...strict, ...resolvingTo('127.0.0.1') };
    await expect(outgoing(toHere).get(named)).rejects.toMatchObject({ code: 'address_refused' });
    const own = { publicUrl: () => new URL(named.origin) };
    expect((await outgoing({ ...toHere, ...own }).get(named)).text).toBe('here');
    expect((await outgoing({ ...strict, publicUrl: () => address }).get(address)).text).toBe(
      'here',
    );
  });

  it('connects to what was judged, and resolves a name once', async () => {
    const address = await listenWith((req, res) => res.end(req.headers.host));
    let asked = 0;
    const resolve = async () => {
      asked += 1;
      return [
        { address: '169.254.169.254', family: 4 },
        { address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 },
      ];
    };
    const named = new URL(`http://rebinding.example:${address.port}/`);
    expect((await outgoing({ resolve }).get(named)).text).toBe(named.host);
    expect(asked).toBe(1);
  });
});

async function drip(res: Parameters<RequestListener>[1]): Promise<void> {
  while (!res.destroyed) {
    res.write('x'.repeat(10));
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

describe('a picture of somebody', () => {
  const BYTES = Buffer.from([0xff, 0xd8, 0xff, 0x00, 0xfe]);

  it('comes as it is', async () => {
    const address = await listenWith((_, res) => res.end(BYTES));
    const picture = await fetchPicture(outgoing())(address, 'public');
    expect(Buffer.from(picture ?? [])).toEqual(BYTES);
  });

  it.each<[string, RequestListener]>([
    ['is not there', (_, res) => res.writeHead(404).end(BYTES)],
    ['is elsewhere', (_, res) => res.writeHead(302, { location: '/elsewhere' }).end()],
    ['is too large', (_, res) => res.end(Buffer.alloc(101))],
    ['does not come', () => {}],
    ['breaks off', (req) => req.socket.destroy()],
  ])('is none when it %s', async (_, answer) => {
    const address = await listenWith(answer);
    const fetching = fetchPicture(outgoing({ maxBytes: 100, timeoutMs: 50 }));
    expect(await fetching(address, 'network')).toBeUndefined();
  });

  it.each(['10.0.0.5', 'fd12::5', '100.64.0.5', '169.254.169.254', '127.0.0.1', '64:ff9b::a00:5'])(
    'is not looked for at %s under a public name',
    async (ip) => {
      let asked = 0;
      const { port } = await listenWith((_, res) => {
        asked += 1;
        res.end(BYTES);
      });
      const strict = outgoing({ ...resolvingTo(ip), allowLoopback: false, timeoutMs: 200 });
      const address = new URL(`http://pictures.example:${port}/me.png`);
      await expect(strict.getBytes(address, 'public')).rejects.toMatchObject({
        code: 'address_refused',
      });
      expect(asked).toBe(0);
    },
  );
});
