/*
 * sse.js - the server's event stream, kept open.
 *
 * Belongs here: connecting, connecting again, handing events on.
 * Not here: what they change (app/session.js).
 */

/**
 * Opens the stream. on: {open, lost, refused, <event name>: (data) => …}. Gives
 * the function that closes it. refused: an answer that ends the stream for good
 * (no session); the pause before the next try then doubles up to half a minute.
 */
export function listen(path, on) {
  let source = null;
  let timer = 0;
  let pause = 1000;
  let closed = false;

  const names = Object.keys(on).filter((n) => !['open', 'lost', 'refused'].includes(n));
  const connect = () => {
    source = new EventSource(path);
    source.onopen = () => {
      pause = 1000;
      on.open?.();
    };
    source.onerror = () => {
      on.lost?.();
      if (source.readyState !== EventSource.CLOSED || closed)
        return;
      on.refused?.();
      timer = setTimeout(connect, pause);
      pause = Math.min(30000, pause * 2);
    };
    for (const name of names)
      source.addEventListener(name, (e) => {
        let data = null;
        try {
          data = e.data === '' ? null : JSON.parse(e.data);
        } catch {
          return;
        }
        on[name](data);
      });
  };
  const wake = () => {
    if (document.visibilityState === 'visible' && source?.readyState === EventSource.CLOSED && !closed) {
      clearTimeout(timer);
      connect();
    }
  };
  connect();
  document.addEventListener('visibilitychange', wake);
  return () => {
    closed = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
    source?.close();
  };
}
