// One phone: who it belongs to, how it stands with the provider, the talk, and a field to write in.

import { drawBubble } from "./bubble.js";
import { make, redraw, setText } from "./dom.js";
import { currentLanguage, money, word } from "./words.js";
import { act } from "./wire.js";

const EXAMPLES = { sms: ["dan so quang ngai"], zalo: ["dân số Quảng Ngãi"], telegram: ["/start", "xã An Phú thuộc tỉnh nào"] };
const EXAMPLE = ["dân số Quảng Ngãi"];

export class Phone {
  constructor(state) {
    const names = { line: word(`line_${state.line}`), name: state.name };
    this.id = state.id;
    this.items = new Map();
    this.told = ""; // what the note says, by its key
    this.follows = true; // the end of the talk stays in sight
    this.badge = make("span", { class: "badge" }, names.line);
    this.title = make("h2", { id: `phone-${state.id}` }, state.name);
    this.remove = make("button", { type: "button", class: "remove", onclick: () => this.do("remove") }, "×");
    this.facts = make("p", { class: "facts" });
    this.actions = make("div", { class: "actions" });
    this.talk = make("div", { class: "talk", role: "log", "aria-live": "polite", tabindex: "0" });
    this.welcome = make("div", { class: "welcome" });
    this.label = make("label", { class: "unseen", for: `field-${state.id}` });
    this.field = make("textarea", { id: `field-${state.id}`, rows: "1", autocomplete: "off", spellcheck: "false" });
    this.send = make("button", { type: "submit", class: "send" });
    this.send.append(arrow());
    this.note = make("p", { class: "note", role: "status" });
    this.form = make("form", { class: "composer" }, this.label, this.field, this.send);
    const head = make("header", {}, this.badge, make("div", { class: "who" }, this.title), this.remove);
    head.querySelector(".who").append(make("p", { class: "address" }, state.address));
    this.element = make("section", { class: "phone", "data-line": state.line, "aria-labelledby": `phone-${state.id}` });
    this.element.append(head, this.facts, this.actions, this.talk, this.note, this.form);
    this.talk.append(this.welcome);
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.talk.addEventListener("scroll", () => (this.follows = this.atEnd()));
    this.talk.addEventListener("load", () => this.follows && this.scrollDown(), true); // a picture has its height now
  }

  show(state, prices) {
    this.name(state);
    setText(this.facts, describe(state, prices));
    redraw(this.actions, [state.actions, currentLanguage()], () => this.drawActions(state.actions));
    redraw(this.welcome, [state.messages.length > 0, currentLanguage()], () => this.drawWelcome(state));
    this.drawTalk(state, prices);
  }

  name(state) {
    const names = { line: word(`line_${state.line}`), name: state.name };
    setText(this.badge, names.line);
    this.remove.setAttribute("aria-label", word("remove", names));
    this.talk.setAttribute("aria-label", word("talk_of", names));
    setText(this.label, word("message_label", names));
    this.field.placeholder = word(state.line === "sms" ? "placeholder_sms" : "placeholder");
    this.send.setAttribute("aria-label", word("send"));
    this.tell(this.told);
  }

  drawActions(actions) {
    const focused = [...this.actions.children].indexOf(document.activeElement);
    this.actions.replaceChildren(
      ...actions.map((action) =>
        make("button", { type: "button", onclick: () => this.do("act", { action }) }, word(`action_${action}`)),
      ),
    );
    this.actions.hidden = !actions.length;
    if (focused >= 0) (this.actions.children[Math.min(focused, actions.length - 1)] ?? this.field).focus();
  }

  drawWelcome(state) {
    this.welcome.hidden = state.messages.length > 0;
    const examples = EXAMPLES[state.line] ?? EXAMPLE;
    this.welcome.replaceChildren(
      make("p", {}, word("empty")),
      ...examples.map((text) => make("button", { type: "button", lang: "vi", onclick: () => this.say(text) }, text)),
    );
  }

  drawTalk(state, prices) {
    let changed = false;
    for (const message of state.messages) {
      const spinning = (state.spinning ?? []).filter((one) => one.startsWith(`${message.id}:`));
      const shown = [message, spinning, message.meta.segments ? prices : 0, currentLanguage()];
      const old = this.items.get(message.id);
      const shape = JSON.stringify(shown);
      if (old?.drawn === shape) continue;
      const item = drawBubble(message, state, prices, (id, data) => this.do("press", { message: id, data }));
      item.drawn = shape;
      this.place(item, old);
      this.items.set(message.id, item);
      changed = true;
    }
    const ids = new Set(state.messages.map((message) => message.id));
    for (const [id, item] of this.items) {
      if (ids.has(id)) continue;
      item.remove();
      this.items.delete(id);
    }
    if (changed && this.follows) this.scrollDown();
  }

  // A message that changed where it stands keeps the focus that was on one of its buttons.
  place(item, old) {
    if (!old) {
      this.talk.append(item);
      return;
    }
    const focused = [...old.querySelectorAll("button, a")].indexOf(document.activeElement);
    old.replaceWith(item);
    if (focused < 0) return;
    const buttons = [...item.querySelectorAll("button, a")];
    (buttons[Math.min(focused, buttons.length - 1)] ?? this.field).focus();
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  submit(event) {
    event.preventDefault();
    if (this.field.value.trim()) this.say(this.field.value);
  }

  atEnd() {
    return this.talk.scrollHeight - this.talk.scrollTop - this.talk.clientHeight < 40;
  }

  scrollDown() {
    this.follows = true;
    this.talk.scrollTop = this.talk.scrollHeight;
  }

  async say(text) {
    this.scrollDown();
    const sent = await act(`phones/${this.id}/say`, { text });
    if (sent && this.field.value === text) this.field.value = "";
    this.tell(sent ? "" : "not_sent");
    this.keepFocus();
  }

  // Whoever has gone on to something else meanwhile is left there.
  keepFocus() {
    const at = document.activeElement;
    if (at === document.body || this.welcome.contains(at) || this.form.contains(at)) {
      this.field.focus({ preventScroll: true });
    }
  }

  async do(deed, wish = {}) {
    const done = await act(`phones/${this.id}/${deed}`, wish);
    this.tell(done ? "" : "not_done");
  }

  tell(key) {
    this.told = key;
    setText(this.note, key && word(key));
  }
}

function describe(state, prices) {
  switch (state.line) {
    case "sms": {
      const { into, out } = state.segments;
      return word("bill", { into: money(into * prices.into), out: money(out * prices.out) });
    }
    case "zalo": {
      const { state: window, hours } = state.window;
      return `${word(state.follows ? "follows" : "follows_not")} · ${word(`window_${window}`, { hours })}`;
    }
    case "zalo_bot":
      return state.blocked ? word("blocked") : word("bot_used", state);
    default:
      return word(state.blocked ? "blocked" : "blocked_not");
  }
}

function arrow() {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true" })) {
    picture.setAttribute(name, value);
  }
  path.setAttribute("d", "M12 19V6m-6 6 6-6 6 6");
  picture.append(path);
  return picture;
}
