// The wire between a visitor's pages and the server, in the hands of a story.

/**
 * Every page of the context is connected through it from now on. `cut` takes all connections away, `heal` gives them
 * back and tells the pages, as browsers do; as long as `deaf`, what pages say arrives and nothing comes back.
 * `answer` may take a frame of a page's instead of the server.
 */
export async function wire(context) {
  const sockets = new Set();
  const line = { context, up: true, deaf: false, answer: () => null };
  await context.route('**/v1/**', async (route) => {
    if (!line.up) return route.abort('internetdisconnected');
    if (!line.deaf || !/messages|events/.test(route.request().url())) return route.continue();
    await route.fetch();
    return route.abort('internetdisconnected');
  });
  await context.routeWebSocket(/\/v1\/conversations\//, (socket) => {
    if (!line.up) return socket.close({ code: 1011 });
    const server = socket.connectToServer();
    sockets.add(socket);
    server.onMessage((message) => line.deaf || socket.send(message));
    socket.onMessage((message) => {
      const frame = message === 'ping' ? null : JSON.parse(message);
      const answer = frame && line.answer(frame);
      if (answer) socket.send(JSON.stringify(answer));
      else server.send(message);
    });
  });
  line.cut = async () => {
    line.up = false;
    await Promise.all([...sockets].map((socket) => socket.close({ code: 1011 })));
    sockets.clear();
  };
  line.heal = async () => {
    line.up = true;
    await Promise.all(context.pages().map((page) => page.evaluate(() => dispatchEvent(new Event('online')))));
  };
  return line;
}

/** How often each of the texts stands in a log. */
export async function counts(log, texts) {
  const all = await log.innerText();
  return texts.map((text) => all.split(text).length - 1);
}
