/*
 * env.js - what this browser can do.
 *
 * Belongs here: asking for abilities, in-app browsers, names for people.
 * Not here: what follows from it (app/screens/welcome.js).
 */

/* Browsers inside other apps have no passkeys and no notifications; they are named to lead people out. */
const insides = [
  ['kakaotalk', /KAKAOTALK/i], ['naver', /NAVER\(inapp|; NAVER/i], ['instagram', /Instagram/i],
  ['facebook', /FBA[NV]|FB_IAB/i], ['line', /\bLine\//i], ['daum', /DaumApps/i], ['webview', /; wv\)/i],
];

/** The app whose inside browser this is, or null. */
export const insideOf = (agent = navigator.userAgent) => insides.find(([, pattern]) => pattern.test(agent))?.[0] ?? null;

export const system = (agent = navigator.userAgent) =>
  /iPhone|iPad|iPod/.test(agent) ? 'ios' : /Android/.test(agent) ? 'android' : /CrOS/.test(agent) ? 'chromeos'
    : /Mac OS X/.test(agent) ? 'macos' : /Windows/.test(agent) ? 'windows' : 'linux';

const systemNames = { ios: 'iPhone', android: 'Android', chromeos: 'ChromeOS', macos: 'Mac', windows: 'Windows', linux: 'Linux' };
const browsers = [['Samsung Internet', /SamsungBrowser/], ['Edge', /Edg/], ['Firefox', /Firefox|FxiOS/], ['Chrome', /Chrom|CriOS/], ['Safari', /Safari/]];

/** "Android · Chrome": how the device is called in the list of devices. */
export const deviceName = (agent = navigator.userAgent) =>
  [systemNames[system(agent)], browsers.find(([, p]) => p.test(agent))?.[0]].filter(Boolean).join(' · ');

export const installed = () => matchMedia('(display-mode: standalone)').matches || navigator.standalone === true;

/**
 * The address that opens this page in the phone's own browser, or null where
 * only the person can do it.
 */
export function outsideAddress(app, agent = navigator.userAgent, here = location.href) {
  if (app === 'kakaotalk')
    return `kakaotalk://web/openExternal?url=${encodeURIComponent(here)}`;
  if (system(agent) === 'android')
    return `intent://${here.replace(/^https?:\/\//, '')}#Intent;scheme=${new URL(here).protocol.replace(':', '')};action=android.intent.action.VIEW;end`;
  return null;
}

/** {browser, passkey, push}: true, false, or 'install' where the home screen is needed first. */
export async function abilities() {
  const crypto25519 = async () => {
    try {
      await crypto.subtle.importKey('raw', new Uint8Array(32), 'Ed25519', false, ['verify']);
      return true;
    } catch {
      return false;
    }
  };
  const passkey = typeof PublicKeyCredential === 'function' &&
    await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false);
  const push = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  return {
    browser: isSecureContext && typeof indexedDB === 'object' && await crypto25519(),
    passkey,
    push: push ? true : system() === 'ios' && !installed() ? 'install' : false,
  };
}
