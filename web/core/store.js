/*
 * store.js - what this browser keeps (IndexedDB), and what the screens share.
 *
 * Belongs here: named values on disk; one shared state with a notice on change.
 * Not here: what is asked of the server (api.js), who may see what.
 */

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open('ingam', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('kept');
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function run(mode, act) {
  const db = await open();
  try {
    return await new Promise((resolve, reject) => {
      const tx = db.transaction('kept', mode);
      const asked = act(tx.objectStore('kept'));
      tx.oncomplete = () => resolve(asked.result);
      tx.onerror = tx.onabort = () => reject(tx.error);
    });
  } finally {
    db.close();
  }
}

/** Values may be anything that can be cloned: keys too, which stay non-extractable. */
export const kept = {
  load: (name) => run('readonly', (s) => s.get(name)),
  save: (name, value) => run('readwrite', (s) => s.put(value, name)),
  drop: (name) => run('readwrite', (s) => s.delete(name)),
};

const notices = new EventTarget();

/** What the screens show. Change it with `update`. */
export const state = {
  /** answer of /server */ server: null,
  /** answer of /me */ me: null,
  certificates: null,
  requests: null,
  online: true,
};

export function update(change) {
  Object.assign(state, change);
  notices.dispatchEvent(new Event('change'));
}

/** Calls f after each change. Gives the function that ends it. */
export function onChange(f) {
  notices.addEventListener('change', f);
  return () => notices.removeEventListener('change', f);
}
