// The way to the service and back: messages are posted until they are taken, replies arrive as server-sent events.

const POST_SECONDS = 15;
const LONGEST_WAIT = 30;
const HIDDEN_SECONDS = 60;

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Visiting the page gives a session when there is none.
export async function renewSession() {
  await fetch("./", { cache: "no-store", credentials: "same-origin" });
}

async function post(account, message) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), POST_SECONDS * 1000);
  try {
    return await fetch(`hooks/web/${encodeURIComponent(account)}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      body: JSON.stringify(message),
      signal: giveUp.signal,
    });
  } finally {
    clearTimeout(timer);
  }
}

// Tell the service which replies were shown. Lost when it fails: it is a courtesy, not a message.
export function reportSeen(account, ids) {
  post(account, { seen: ids }).catch(() => {});
}

// Seconds before attempt `n` (1, 2, 3 …), spread so that many pages do not come back at the same moment.
function backOff(attempt) {
  return Math.min(LONGEST_WAIT, 2 ** (attempt - 1)) * (0.75 + Math.random() / 2);
}

// Resolve after `seconds`, or as soon as the browser is online again.
function pause(seconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, seconds * 1000);
    window.addEventListener("online", done);
  });
}

// Messages of this window on their way out, one after the other, each under the same id until it is taken.
//
// `report(message, state, status)` is told: "sent", "retrying" (with the HTTP status, 0 without an answer) or
// "refused". `isSettled(message)` says that another window has sent it. `renewed()` is told that there is a new
// session, to which replies go from now on.
export class Outgoing {
  constructor(account, { report, isSettled, renewed }) {
    this.account = account;
    this.report = report;
    this.isSettled = isSettled;
    this.renewed = renewed;
    this.waiting = [];
    this.busy = false;
  }

  isLast(message) {
    return this.waiting.at(-1) === message;
  }

  add(message) {
    this.waiting.push(message);
    if (!this.busy) this.flush();
  }

  async flush() {
    this.busy = true;
    while (this.waiting.length > 0) {
      const message = this.waiting[0];
      if (!this.isSettled(message)) await this.deliver(message);
      this.waiting.shift();
    }
    this.busy = false;
  }

  async deliver(message) {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.attempt(message);
      if (answer.ok) return this.report(message, "sent", answer.status);
      if (answer.final) return this.report(message, "refused", answer.status);
      if (answer.status === 401) await renewSession().then(this.renewed, () => {});
      if (answer.status === 401 && attempt === 1) continue;
      this.report(message, "retrying", answer.status);
      await pause(Math.max(answer.after, backOff(attempt)));
    }
  }

  async attempt(message) {
    try {
      const response = await post(this.account, message);
      const final = response.status >= 400 && response.status < 500 && ![401, 408, 425, 429].includes(response.status);
      const after = Math.min(120, Number(response.headers.get("Retry-After")) || 0);
      return { ok: response.ok, final, status: response.status, after };
    } catch {
      return { ok: false, final: false, status: 0, after: 0 };
    }
  }
}

// The stream of replies. The browser reconnects by itself after a cut; this adds what it leaves out: an answer with an
// error status, a network that changed silently, and a window that nobody looks at – which lets its stream go, since
// a browser keeps only six connections to one site.
export class Incoming {
  constructor({ position, receive, show }) {
    this.position = position;
    this.receive = receive;
    this.show = show;
    this.source = null;
    this.failures = 0;
    this.hidden = 0;
    document.addEventListener("visibilitychange", () => this.onVisibility());
    window.addEventListener("online", () => this.open());
    window.addEventListener("focus", () => this.source ?? this.open());
    window.addEventListener("pagehide", () => this.close());
    window.addEventListener("pageshow", (event) => event.persisted && this.open());
  }

  open() {
    this.close();
    const source = new EventSource(`web/events?after=${encodeURIComponent(this.position())}`);
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.show("online");
    };
    source.onmessage = (event) => this.receive(event.lastEventId, JSON.parse(event.data));
    source.addEventListener("replaced", () => {
      this.close();
      this.show("elsewhere");
    });
    source.onerror = () => this.onError(source);
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  onError(source) {
    if (source !== this.source) return;
    this.show("offline");
    if (source.readyState !== EventSource.CLOSED) return;
    this.failures += 1;
    this.timer = setTimeout(async () => {
      await renewSession().catch(() => {});
      if (source === this.source) this.open();
    }, backOff(this.failures) * 1000);
  }

  onVisibility() {
    clearTimeout(this.hidden);
    if (document.hidden) this.hidden = setTimeout(() => this.close(), HIDDEN_SECONDS * 1000);
    else if (!this.source) this.open();
  }
}
