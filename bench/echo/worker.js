// The least that a room can be: a hibernating socket, one row a message, and everybody hears it.
// What `cargo xtask bench delivery` holds rooms against.
import { DurableObject } from 'cloudflare:workers';

export class Echo extends DurableObject {
  constructor(state, env) {
    super(state, env);
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS message (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)');
  }

  fetch() {
    const { 0: near, 1: far } = new WebSocketPair();
    this.ctx.acceptWebSocket(far);
    return new Response(null, { status: 101, webSocket: near });
  }

  webSocketMessage(_, text) {
    this.ctx.storage.sql.exec('INSERT INTO message (body) VALUES (?)', text);
    for (const socket of this.ctx.getWebSockets()) socket.send(text);
  }
}

export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (pathname === '/v1/health') return new Response('{}');
    return env.ECHO.get(env.ECHO.idFromName(pathname)).fetch(request);
  },
};
