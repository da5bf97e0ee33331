/*
 * push-service.mjs - a push service for one test: what Mozilla's is to Firefox,
 * on loopback.
 *
 * Belongs here: the WebSocket of the browser (hello, register, notification,
 * ack), the endpoint that a server posts to, what came there.
 * Not here: opening messages (the tests), push services that misbehave
 * (tools/mock).
 *
 * start() gives {ws, origin, posts, acks, registered, forget, count, stop}.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const accept = (key) => createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/* One text frame of a server, RFC 6455 5.2. */
function frame(text) {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([head, body]);
}

/* Calls onText with each text message of a browser; its frames are masked and, as Firefox sends them, whole. */
function readFrames(socket, onText) {
  let rest = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (;;) {
      if (rest.length < 2) return;
      const short = rest[1] & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (rest.length < head + 4) return;
      const size = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
      if (rest.length < head + 4 + size) return;
      const mask = rest.subarray(head, head + 4);
      const body = rest.subarray(head + 4, head + 4 + size).map((b, i) => b ^ mask[i & 3]);
      const kind = rest[0] & 15;
      rest = rest.subarray(head + 4 + size);
      if (kind === 1) onText(body.toString());
      else if (kind === 8) socket.end();
      else if (kind === 9) socket.write(Buffer.concat([Buffer.from([0x8a, body.length]), body]));
    }
  });
}

export async function start() {
  const channels = new Map(); /* endpoint's name → {id, socket, key} */
  const self = { posts: [], acks: [], registered: [] };

  const answers = {
    hello: () => ({ status: 200, uaid: randomUUID().replaceAll('-', ''), use_webpush: true, broadcasts: {} }),
    register: ({ channelID, key }, socket) => {
      const name = randomBytes(16).toString('base64url');
      channels.set(name, { id: channelID, socket, key });
      self.registered.push({ key, endpoint: `${self.origin}/push/${name}` });
      return { channelID, status: 200, pushEndpoint: `${self.origin}/push/${name}` };
    },
    unregister: ({ channelID }) => {
      for (const [name, c] of channels)
        if (c.id === channelID) channels.delete(name);
      return { channelID, status: 200 };
    },
    ack: ({ updates }) => {
      self.acks.push(...updates);
    },
  };

  const server = createServer(async (req, res) => {
    const parts = [];
    for await (const part of req) parts.push(part);
    const body = Buffer.concat(parts);
    const channel = channels.get(req.url.split('/').at(-1));
    if (req.method !== 'POST' || channel === undefined) {
      res.writeHead(channel === undefined ? 410 : 405).end();
      return;
    }
    const version = randomUUID();
    self.posts.push({ headers: req.headers, body, key: channel.key, version });
    channel.socket.write(frame(JSON.stringify({
      messageType: 'notification', channelID: channel.id, version, data: body.toString('base64url'), headers: { encoding: req.headers['content-encoding'] },
    })));
    res.writeHead(201, { Location: `${self.origin}/m/${version}` }).end();
  });
  const sockets = new Set();
  server.on('upgrade', (req, socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.write(['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${accept(req.headers['sec-websocket-key'])}`,
      ...(req.headers['sec-websocket-protocol'] ? [`Sec-WebSocket-Protocol: ${req.headers['sec-websocket-protocol']}`] : []), '', ''].join('\r\n'));
    readFrames(socket, (text) => {
      const said = JSON.parse(text);
      const answer = answers[said.messageType]?.(said, socket);
      if (answer !== undefined) socket.write(frame(JSON.stringify({ messageType: said.messageType, ...answer })));
      else if (said.messageType === undefined) socket.write(frame('{}')); /* a ping */
    });
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const { port } = server.address();
  return Object.assign(self, {
    ws: `ws://127.0.0.1:${port}/`, origin: `http://127.0.0.1:${port}`,
    /** Endpoints become unknown, and browsers are not told. */
    forget: () => channels.clear(),
    /** How many endpoints are known. */
    count: () => channels.size,
    stop() {
      sockets.forEach((s) => s.destroy());
      server.closeAllConnections();
      server.close();
    },
  });
}
