// token_service.mjs - a test double of the service behind /rp/v1/token: the
// phone is a field of this object, the vault is node's crypto and two keys.
//
// Belongs here: the contract of docs/http-api.md, "A token".
// Not here: what the real service checks; nothing here is kept from anybody.
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";

const problem = (status, slug, more = {}) => ({
  status,
  body: { type: `urn:ingam:problem:${slug}`, status, title: slug, title_ko: slug, ...more },
});

export class TokenService {
  constructor(keys) {
    this.keys = keys; // [{id, label, key: KeyObject, certificate: DER, chain: [DER], usable}]
    this.requests = new Map();
    this.log = []; // what a phone would have shown
    this.pin = "123456";
    this.count = 10; // signatures an approval allows
    this.life = 60_000;
    this.answer = "approve"; // what the phone does with a push: approve, refuse, nothing
    this.after = 50; // milliseconds until it does
    this.created = null; // called when there is a new request, before the answer
    this.slow = 0; // milliseconds until it is answered
    this.break = null; // next answer of this kind is broken: "signature", "drop", "json"
    this.signatures = 0;
  }

  async start() {
    this.server = createServer((q, r) => this.handle(q, r));
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  state(r) {
    if (r.state === "open" && Date.now() > r.expires) r.state = "expired";
    return { state: r.state, signatures_left: r.left, expires_ms: r.expires };
  }

  create(b) {
    if (b.continues !== undefined) {
      const before = this.requests.get(b.continues);
      const hash = createHash("sha256").update(Buffer.from(b.continues_secret, "base64url")).digest("hex");
      if (before === undefined || before.hash !== hash) return problem(404, "not-found");
    } else if (!/^\d{8,}$/.test(b.phone)) return problem(400, "bad-request");
    const r = {
      id: randomBytes(16).toString("hex"), hash: b.secret_sha256, push: b.mode === "push",
      state: "waiting", tries: 3, left: this.count, expires: Date.now() + this.life, signed: new Map(),
    };
    this.requests.set(r.id, r);
    this.log.push({ ...b, id: r.id });
    if (r.push && this.answer !== "nothing")
      setTimeout(() => {
        if (r.state === "waiting") r.state = this.answer === "approve" ? "approved" : "refused";
      }, this.after);
    return { status: 201, body: { id: r.id, expires_ms: r.expires } };
  }

  login(r, b) {
    if (r.state === "refused") return problem(403, "refused");
    if (["expired", "ended"].includes(r.state)) return problem(410, "expired");
    if (r.push ? r.state !== "approved" : b.pin !== this.pin) {
      r.tries -= 1;
      if (r.tries === 0) r.state = "ended";
      return r.tries === 0 ? problem(423, "locked") : problem(403, "wrong-pin", { tries_left: r.tries });
    }
    r.state = "open";
    r.expires = Date.now() + this.life;
    return {
      status: 200,
      body: {
        ...this.state(r),
        certificates: this.keys.map((k) => ({
          id: k.id, label: k.label, usable: k.usable,
          certificate: k.certificate.toString("base64"), chain: k.chain.map((c) => c.toString("base64")),
        })),
      },
    };
  }


  sign(r, b) {
    this.state(r);
    if (r.signed.has(b.sign_id)) return { status: 200, body: r.signed.get(b.sign_id) };
    if (r.state !== "open") return problem(410, "expired");
    if (r.left === 0) return problem(409, "used-up");
    const k = this.keys.find((x) => x.id === b.certificate);
    if (k === undefined || !k.usable) return problem(409, "certificate-unusable");
    r.left -= 1;
    this.signatures += 1;
    const digest = Buffer.from(b.digest, "base64");
    const signature = k.signDigest(b, digest);
    if (this.break === "signature") signature[signature.length - 1] ^= 1;
    const body = { signature: signature.toString("base64"), signatures_left: r.left };
    r.signed.set(b.sign_id, body);
    return { status: 200, body };
  }

  async wait(r, q, query) {
    const until = Date.now() + Number(query.get("wait") ?? 0) * 1000;
    while (this.state(r).state === query.get("state") && Date.now() < until && !q.destroyed)
      await new Promise((done) => setTimeout(done, 20));
    return { status: 200, body: this.state(r) };
  }

  async route(q, text) {
    const url = new URL(q.url, "http://x");
    const [, id, verb] = url.pathname.match(/^\/rp\/v1\/token\/requests(?:\/([0-9a-f]{32})(?:\/(\w+))?)?$/) ?? [null, "none"];
    const body = text === "" ? {} : JSON.parse(text);
    if (id === undefined && q.method === "POST") return this.create(body);
    const r = this.requests.get(id);
    const bearer = (q.headers.authorization ?? "").replace(/^Bearer /, "");
    const hash = createHash("sha256").update(Buffer.from(bearer, "base64url")).digest("hex");
    if (r === undefined || r.hash !== hash) return problem(404, "not-found");
    if (q.method === "GET") return this.wait(r, q, url.searchParams);
    if (q.method === "DELETE") {
      r.state = "ended";
      return { status: 204 };
    }
    return verb === "login" ? this.login(r, body) : this.sign(r, body);
  }

  async handle(q, r) {
    let text = "";
    for await (const part of q) text += part;
    const { status, body } = await this.route(q, text);
    if (status === 201) {
      this.created?.();
      await new Promise((done) => setTimeout(done, this.slow));
    }
    if (this.break === "drop" && q.url.endsWith("/signatures")) {
      this.break = null;
      r.destroy();
      return;
    }
    r.writeHead(status, { "Content-Type": status < 400 ? "application/json" : "application/problem+json" });
    if (this.break === "json") r.end("{\"certificates\":[");
    else r.end(body === undefined ? "" : JSON.stringify(body));
  }
}

