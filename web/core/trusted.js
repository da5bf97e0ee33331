/*
 * trusted.js - the addresses of scripts that the pages may start by themselves.
 *
 * Belongs here: the workers' addresses. Not here: what the workers do.
 *
 * Under trusted types an address of a script has to come from a policy; ours
 * knows these and no other.
 */
const scripts = ['/sw.js', '/core/npki-worker.js'];

const known = (/** @type {string} */ url) => {
  if (!scripts.includes(url))
    throw new TypeError('no such script');
  return url;
};
const policy = globalThis.trustedTypes?.createPolicy('ingam', { createScriptURL: known });

/** The address as the browser wants it. Throws TypeError for any other script. */
export const scriptAddress = (/** @type {string} */ url) => policy?.createScriptURL(url) ?? known(url);
