// One message as the phone shows it, with what it cost and what became of it.

import { make } from "./dom.js";
import { moment, money, word } from "./words.js";

const SAFE = /^https?:\/\//i;

// `phone` is the phone's state, `prices` those of the page, `press(message, data)` presses a button.
export function drawBubble(message, phone, prices, press) {
  const item = make("article", {
    class: `item ${message.mine ? "mine" : "theirs"}`,
    "aria-label": word(message.mine ? "mine" : "theirs"),
    "data-state": message.state,
  });
  const body = make("div", { class: "body" });
  if (message.picture) {
    const source = `/api/pictures/${encodeURIComponent(phone.line)}/${encodeURIComponent(message.picture)}`;
    body.append(make("img", { src: source, alt: word("picture"), class: "chart" }));
  }
  if (message.text) body.append(drawText(message));
  item.append(body);
  if (message.buttons.length) item.append(drawButtons(message, phone, press));
  item.append(drawMeta(message, prices));
  return item;
}

function drawText(message) {
  const text = make("p", { class: "text" });
  if (message.parts.length < 2) {
    text.append(message.text);
    return text;
  }
  message.parts.forEach((part, index) => {
    const label = word("cut", { part: index + 1, count: message.parts.length });
    text.append(make("span", { class: "part" }, part), make("small", { class: "cut" }, label));
  });
  return text;
}

function drawButtons(message, phone, press) {
  const row = make("div", { class: "buttons", role: "group", "aria-label": word("buttons") });
  for (const button of message.buttons) {
    if (button.url !== undefined) {
      if (!SAFE.test(button.url)) continue;
      const label = `${button.label} (${word("new_window")})`;
      row.append(
        make("a", { href: button.url, target: "_blank", rel: "noopener noreferrer", "aria-label": label }, button.label),
      );
    } else {
      const spinning = (phone.spinning ?? []).includes(`${message.id}:${button.data}`);
      row.append(
        make("button", { type: "button", "aria-busy": spinning, onclick: () => press(message.id, button.data) }, button.label),
      );
    }
  }
  return row;
}

function drawMeta(message, prices) {
  const { segments, encoding, paid } = message.meta;
  const facts = [moment(message.at)];
  if (message.edited) facts.push(word("edited"));
  if (segments) {
    facts.push(segments === 1 ? word("part") : word("parts", { count: segments }), encoding === "gsm7" ? "GSM-7" : "UCS-2");
    facts.push(money(segments * (message.mine ? prices.into : prices.out)));
  }
  if (paid) facts.push(word(`paid_${paid}`));
  const meta = make("p", { class: "meta" }, `${facts.join(" · ")} · `);
  meta.append(make("span", { class: "state" }, word(`state_${message.state}`)));
  return meta;
}
